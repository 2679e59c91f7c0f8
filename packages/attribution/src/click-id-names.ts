/**
 * Lists the click ids we know, strongest proof of a paid click first. It is the only list of their names, and the SDK ships
 * it.
 */

/**
 * These name the recipient of an e-mail. Their presence shows which service sent it; their value is personal, so it is never
 * kept, neither in an address nor as a click id.
 */
export const recipientIdNames = [
  '_kx', // Klaviyo
  'mc_eid', // Mailchimp
  'mkt_tok', // Marketo
  '_hsenc', // HubSpot
  'vero_id', // Vero
  'ck_subscriber_id', // Kit
  '_bhlid', // beehiiv
  'ml_subscriber_hash', // MailerLite
  'vgo_ee', // ActiveCampaign
  'et_rid', // Salesforce Marketing Cloud
  'oly_enc_id', // Omeda
  '__s', // Drip
] as const

/** `clickid` is left out on purpose: every second site means something else by it. */
export const clickIdNames = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'msclkid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'rdt_cid',
  'epik',
  'sccid',
  'qclid',
  'irclickid',
  'yclid',
  'gad_source',
  'gad_campaignid',
  'rdclid',
  'irclid',
  'awc',
  'cjevent',
  'tblci',
  'obclid',
  'dicbo',
  'vmcid',
  's_kwcid',
  'ef_id',
  'ko_click_id',
  'btid',
  'fbclid',
  'fb_action_ids',
  'igsh',
  'igshid',
  'srsltid',
  'ysclid',
  'mc_cid',
  '_hsmi',
  ...recipientIdNames,
  'urid',
  'wickedid',
  'gclsrc',
] as const

export type ClickIdName = (typeof clickIdNames)[number]

const recipientIds: ReadonlySet<string> = new Set(recipientIdNames)

/** Is this the name of a recipient's id, in any case? */
export function isRecipientId(name: string): boolean {
  return recipientIds.has(name.toLowerCase())
}
