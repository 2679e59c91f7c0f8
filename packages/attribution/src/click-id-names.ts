/** Lists the click ids we know, strongest proof of a paid click first; the only list of their names, and the SDK ships it. */

/**
 * Left out on purpose: `clickid` (every second site means something else by it) and the ids of e-mail recipients
 * (`_kx`, `mc_eid`, `mkt_tok`, `_hsenc`), which name a person, not a click.
 */
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
  'urid',
  'wickedid',
  'gclsrc',
] as const

export type ClickIdName = (typeof clickIdNames)[number]
