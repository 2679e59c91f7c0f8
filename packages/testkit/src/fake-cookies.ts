/** A cookie jar like a browser's: a cookie has a domain or belongs to one host, and public suffixes are refused. */

const publicSuffixes = ['com', 'example', 'uk', 'co.uk', 'github.io']

interface Cookie {
  name: string
  value: string
  domain: string
  isHostOnly: boolean
  maxAge: number
  attributes: string
}

export interface FakeCookies {
  /** Like reading `document.cookie`. */
  text(): string
  /** Like `document.cookie = …`. */
  set(text: string): void
  /** Each as `name=value` with its domain, which begins with a dot where subdomains see it too. */
  all(): string[]
  find(name: string): Cookie | undefined
}

/** `host` returns the current host of the page. */
function createFakeCookies(host: () => string): FakeCookies {
  let jar: Cookie[] = []
  const isAddress = () => /^[\d.]+$/.test(host())
  const covers = (domain: string) => domain === host() || (!isAddress() && host().endsWith(`.${domain}`))
  const isSeen = ({ domain, isHostOnly }: Cookie) => (isHostOnly ? domain === host() : covers(domain))

  function set(text: string): void {
    const [pair = '', ...attributes] = text.split('; ')
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? []
    const attributeOf = (key: string) =>
      attributes.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1)
    const given = attributeOf('Domain')
    const domain = given ?? host()
    if (given && (publicSuffixes.includes(given) || !covers(given))) return
    const same = (each: Cookie) => each.name === name && each.domain === domain && each.isHostOnly === !given
    const maxAge = Number(attributeOf('Max-Age') ?? Infinity)
    const cookie = { name, value, domain, isHostOnly: !given, maxAge, attributes: attributes.join('; ') }
    const index = jar.findIndex(same)
    if (maxAge <= 0) jar = jar.filter((each) => !same(each))
    else if (index < 0) jar.push(cookie)
    else jar[index] = cookie // keeps its place: the older one is read first
  }

  return {
    text: () =>
      jar
        .filter(isSeen)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    set,
    all: () =>
      jar.map(
        ({ name, value, domain, isHostOnly }) => `${name}=${value} on ${isHostOnly ? '' : '.'}${domain}`,
      ),
    find: (name) => jar.find((each) => each.name === name),
  }
}

/** Replaces `document.cookie` by such a jar. */
export function giveCookies(): FakeCookies {
  const cookies = createFakeCookies(() => location.hostname)
  Object.defineProperty(document, 'cookie', { get: cookies.text, set: cookies.set, configurable: true })
  return cookies
}

/** A frame whose sandbox forbids cookies: reading and writing throw. */
export function forbidCookies(): void {
  const refuse = () => {
    throw new DOMException('sandboxed', 'SecurityError')
  }
  Object.defineProperty(document, 'cookie', { get: refuse, set: refuse, configurable: true })
}

/** Changes the address of the page without a navigation. */
export function goTo(url: string): void {
  const { happyDOM } = window as unknown as { happyDOM: { setURL(url: string): void } } // happy-dom's own addition
  happyDOM.setURL(url)
}
