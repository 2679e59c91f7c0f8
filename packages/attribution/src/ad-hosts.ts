/** Lists the hosts that only serve ads; only the collector needs it. */

/**
 * A visitor who comes from one of these has clicked an ad: they are frames, redirects and syndicated result pages of ad
 * networks. Consoles and company sites of the same networks are left out. The key is the source, as click ids name it; a `*`
 * at the end stands for .com and every country's ending.
 */
const hostsBySource: Record<string, string> = {
  google: `
    googlesyndication.com syndicatedsearch.goog adsensecustomsearchads.com doubleclick.net googleadservices.com
    googletagservices.com adservice.google.* 2mdn.net
  `,
  bing: 'r.msn.com',
  yahoo: 'gemini.yahoo.com rd.listing.yahoo.co.jp',
  facebook: 'an.facebook.com',
  amazon: 'amazon-adsystem.com',
  yandex: 'an.yandex.ru yabs.yandex.ru yandexadexchange.net',
  baidu: 'cpro.baidu.com pos.baidu.com',
  naver: 'adcr.naver.com ader.naver.com ad.search.naver.com',
  taboola: 'trc.taboola.com api.taboola.com taboolasyndication.com',
  outbrain: 'paid.outbrain.com traffic.outbrain.com odb.outbrain.com',
  criteo: 'cas.criteo.com cat.criteo.com criteo.net',
  'mail.ru': 'ad.mail.ru',
  'media.net': 'contextual.media.net',
}

/** Their source is the name in the host: `adsrvr` for adsrvr.org. */
const otherHosts = `
  adnxs.com atdmt.com advertising.com adtechus.com adtech.de yieldmanager.com d.adroll.com adsrvr.org creativecdn.com
  adform.net ad.adition.com adfarm1.adition.com smartadserver.com serving-sys.com servedby.flashtalking.com rubiconproject.com
  ads.pubmatic.com openx.net servedbyopenx.com casalemedia.com bidswitch.net 3lift.com lijit.com
  yieldlab.net 360yield.com spotxchange.com tremorhub.com fastclick.net quantserve.com mathtag.com rfihub.com
  trends.revcontent.com clck.mgid.com servicer.mgid.com farm.plista.com ntv.io exosrv.com exdynsrv.com realsrv.com
  onclickads.net onclkds.com ads.mopub.com unityads.unity3d.com applvn.com w.inmobi.com adsafeprotected.com
`

const sourceByHost: ReadonlyMap<string, string> = new Map(
  Object.entries(hostsBySource).flatMap(([source, hosts]) =>
    hosts
      .trim()
      .split(/\s+/)
      .map((host): [string, string] => [host, source]),
  ),
)

/** All of them, separated by spaces. */
export const adHosts = `${Object.values(hostsBySource).join(' ')} ${otherHosts}`

/** The source of one of these hosts, where it is not the name in the host. */
export function sourceOfAdHost(host: string): string | undefined {
  return sourceByHost.get(host) ?? (host.startsWith('adservice.google.') ? 'google' : undefined)
}
