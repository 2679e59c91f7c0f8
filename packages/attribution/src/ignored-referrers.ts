/**
 * Lists the hosts that only pass visitors on (payment, bank confirmation, sign-in), and matches such lists; only the
 * collector needs it.
 */

/**
 * Three forms: `host` (with or without `www.`), `.host` (also everything below it), and either with a path, which
 * then must be the beginning of the referrer's. A scheme in front is allowed.
 */
export const ignoredReferrers: readonly string[] = [
  // Payment
  ...[
    '.paypal.com',
    '.klarna.com',
    '.adyen.com',
    '.mollie.com',
    '.checkout.com',
    '.worldpay.com',
    '.payu.com',
  ],
  ...['checkout.stripe.com', 'buy.stripe.com', 'pay.stripe.com', 'hooks.stripe.com', 'invoice.stripe.com'],
  ...['billing.stripe.com', 'm.stripe.network', 'js.stripe.com', 'pay.google.com', 'payments.google.com'],
  ...['pay.amazon.com', 'payments.amazon.com', 'pay.shopify.com', 'checkout.shopify.com', 'shop.app'],
  ...['.braintreegateway.com', '.braintreepayments.com', '.authorize.net', '.2checkout.com', '.sofort.com'],
  ...['.giropay.de', '.ideal.nl', '.multisafepay.com', '.buckaroo.nl', '.przelewy24.pl', '.datatrans.com'],
  ...['.saferpay.com', '.ogone.com', '.sagepay.com', '.opayo.co.uk', 'portal.afterpay.com', 'www.affirm.com'],
  ...['cashier.alipay.com', 'checkout.square.site', 'secure.payu.com', '.razorpay.com', '.gocardless.com'],
  // Bank confirmation (3-D Secure)
  ...['.cardinalcommerce.com', '.arcot.com', '.3dsecure.io', '.securesuite.co.uk', '.rsa3dsauth.com'],
  ...['.wlp-acs.com', '.verifiedbyvisa.com', '.3dsecure.no', '.modirum.com', '.netcetera-payment.ch'],
  // Sign-in
  ...['accounts.google.com', 'accounts.youtube.com', 'appleid.apple.com', 'idmsa.apple.com'],
  ...['login.microsoftonline.com', 'login.live.com', 'login.yahoo.com', 'accounts.shopify.com'],
  ...['github.com/login', 'facebook.com/dialog', 'facebook.com/login', 'm.facebook.com/login'],
  ...['.okta.com', '.auth0.com', '.onelogin.com', '.b2clogin.com', '.amazoncognito.com'],
]

interface Rule {
  withSubdomains: boolean
  path: string
}

/** Is this place on the list? `host` has no `www.` in front. */
export function isIgnored({ host, path }: { host: string; path: string }, list: readonly string[]): boolean {
  const rules = rulesOf(list)
  for (let at = 0; at < host.length; at = host.indexOf('.', at) + 1 || host.length) {
    const found = rules.get(host.slice(at)) ?? []
    if (found.some((rule) => (at === 0 || rule.withSubdomains) && path.startsWith(rule.path))) return true
  }
  return false
}

// A list is read once, not for each event.
const rulesByList = new WeakMap<readonly string[], Map<string, Rule[]>>()

function rulesOf(list: readonly string[]): Map<string, Rule[]> {
  const known = rulesByList.get(list)
  if (known) return known
  const rules = new Map<string, Rule[]>()
  for (const entry of list) addRule(rules, entry)
  rulesByList.set(list, rules)
  return rules
}

function addRule(rules: Map<string, Rule[]>, entry: string): void {
  const [, dot, host = '', path] = /^(?:[a-z]+:\/\/)?(?:www\.)?(\.?)([^/]*)(.*)$/i.exec(entry.trim()) ?? []
  const rule = { withSubdomains: dot === '.', path: path || '/' }
  rules.set(host.toLowerCase(), [...(rules.get(host.toLowerCase()) ?? []), rule])
}
