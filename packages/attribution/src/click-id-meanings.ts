/** Holds what each click id says about its click; only the collector needs it. */
import type { ClickIdName } from './click-id-names.ts'

export interface ClickIdMeaning {
  platform: string
  /** Null where the id does not show it. */
  source: string | null
  medium: string | null
  /** True only where no one gets the id without paying; Meta, for example, puts `fbclid` on every link. */
  paid: boolean
}

export const clickIdMeanings: Record<ClickIdName, ClickIdMeaning> = {
  gclid: bought('Google Ads', 'google'),
  gbraid: bought('Google Ads', 'google'),
  wbraid: bought('Google Ads', 'google'),
  dclid: bought('Campaign Manager 360', 'dbm', 'display'),
  msclkid: bought('Microsoft Advertising', 'bing'),
  ttclid: bought('TikTok Ads', 'tiktok'),
  twclid: bought('X Ads', 'twitter'),
  li_fat_id: bought('LinkedIn Ads', 'linkedin'),
  rdt_cid: bought('Reddit Ads', 'reddit'),
  epik: bought('Pinterest Ads', 'pinterest'),
  sccid: bought('Snapchat Ads', 'snapchat'),
  qclid: bought('Quora Ads', 'quora'),
  irclickid: bought('Impact', 'impact', 'affiliate'),
  yclid: bought('Yandex Direct', 'yandex'),
  gad_source: bought('Google Ads', 'google'),
  gad_campaignid: bought('Google Ads', 'google'),
  rdclid: bought('Reddit Ads', 'reddit'),
  irclid: bought('Impact', 'impact', 'affiliate'),
  awc: bought('Awin', 'awin', 'affiliate'),
  cjevent: bought('CJ Affiliate', 'cj', 'affiliate'),
  tblci: bought('Taboola', 'taboola'),
  obclid: bought('Outbrain', 'outbrain'),
  dicbo: bought('Outbrain', 'outbrain'),
  vmcid: bought('Yahoo Ads', 'yahoo'),
  s_kwcid: bought('Adobe Advertising', null),
  ef_id: bought('Adobe Advertising', null),
  ko_click_id: bought('Kochava', 'kochava'),
  btid: bought('Button', 'button', 'affiliate'),
  fbclid: free('Meta', 'facebook', 'social'),
  fb_action_ids: free('Meta', 'facebook', 'social'),
  igsh: free('Instagram', 'instagram', 'social'),
  igshid: free('Instagram', 'instagram', 'social'),
  srsltid: free('Google Merchant Center', 'google', 'organic'),
  ysclid: free('Yandex', 'yandex', 'organic'),
  mc_cid: free('Mailchimp', 'mailchimp', 'email'),
  _hsmi: free('HubSpot', 'hubspot', 'email'),
  _kx: free('Klaviyo', 'klaviyo', 'email'),
  mc_eid: free('Mailchimp', 'mailchimp', 'email'),
  mkt_tok: free('Marketo', 'marketo', 'email'),
  _hsenc: free('HubSpot', 'hubspot', 'email'),
  vero_id: free('Vero', 'vero', 'email'),
  ck_subscriber_id: free('Kit', 'kit', 'email'),
  _bhlid: free('beehiiv', 'beehiiv', 'email'),
  ml_subscriber_hash: free('MailerLite', 'mailerlite', 'email'),
  vgo_ee: free('ActiveCampaign', 'activecampaign', 'email'),
  et_rid: free('Salesforce Marketing Cloud', 'salesforce', 'email'),
  oly_enc_id: free('Omeda', 'omeda', 'email'),
  __s: free('Drip', 'drip', 'email'),
  urid: free('Segment', null, null),
  wickedid: free('Wicked Reports', null, null),
  gclsrc: free('Google Ads', null, null), // says which product created the accompanying gclid; alone it proves nothing
}

function bought(platform: string, source: string | null, medium = 'cpc'): ClickIdMeaning {
  return { platform, source, medium, paid: true }
}

function free(platform: string, source: string | null, medium: string | null): ClickIdMeaning {
  return { platform, source, medium, paid: false }
}
