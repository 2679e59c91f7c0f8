/** Lists the sites we know by kind. `name.*` means that name in .com and under every country's ending. */
import { adHosts } from './ad-hosts.ts'

/** `paid` is a host that only serves ads. */
export type ReferrerCategory = 'search' | 'social' | 'email' | 'ai' | 'paid' | 'other'

const hosts: Record<ReferrerCategory, string> = {
  paid: adHosts,
  ai: `
    chatgpt.com chat.com chat.openai.com labs.openai.com chat-gpt.org chatplus.com claude.ai claude.com gemini.google.com bard.google.com
    notebooklm.google.com aistudio.google.com copilot.microsoft.com copilot.com copilot.cloud.microsoft
    m365.cloud.microsoft edgeservices.bing.com perplexity.ai pplx.ai grok.com chat.deepseek.com meta.ai chat.mistral.ai you.com poe.com
    character.ai phind.com duck.ai chat.qwen.ai qwen.ai tongyi.aliyun.com yiyan.baidu.com ai.baidu.com chat.baidu.com
    chatglm.cn chat.z.ai kimi.com kimi.moonshot.cn doubao.com yuanbao.tencent.com iask.ai app.jasper.ai pi.ai
    lumo.proton.me andisearch.com komo.ai exa.ai felo.ai genspark.ai consensus.app
    alice.yandex.ru giga.chat manus.im t3.chat openrouter.ai liner.com
  `,
  email: `
    mail.google.com inbox.google.com mail.yahoo.* mail.yahoo.net mail.aol.* outlook.live.com outlook.com
    outlook.office.com outlook.office365.com outlook.cloud.microsoft hotmail.* mail.live.com
    safelinks.protection.outlook.com mail.proton.me mail.protonmail.com account.proton.me
    mail.zoho.* mail.yandex.* e.mail.ru mail.rambler.ru email.seznam.cz fastmail.* tutanota.com app.tuta.com hey.com
    app.hey.com mailbox.org posteo.de runbox.com hushmail.com mailfence.com kolabnow.com countermail.com
    gmx.* deref-gmx.* deref-mail.com lightmailer.mail.com navigator-lxa.mail.com mail.com
    deref-web.de 3c.web.de lightmailer-bap.web.de lightmailer.web.de navigator.web.de freemail.web.de
    deref-1und1.de email.ionos.* mailbusiness.ionos.* webmail.ionos.* mail.ionos.* webmail.1und1.de
    email.t-online.de mail.vodafone.* mail.freenet.de webmail.freenet.de kundencenter.arcor.de
    mail.infomaniak.com ksuite.infomaniak.com bluewin.ch upcmail.hispeed.ch webmail.upc.*
    webmail.tim.it mail.tim.it aliceposta.it mail.libero.it webmail.libero.it mail.virgilio.it mail.tiscali.it
    webmail.aruba.it webmail.pec.it mail.orange.fr messagerie.orange.fr webmail.free.fr zimbra.free.fr
    messagerie.laposte.net webmail.laposte.net webmail.sfr.fr messagerie.sfr.fr mail.bbox.fr webmail.bouyguestelecom.fr
    webmail.telenet.be webmail.proximus.be webmail.kpnmail.nl webmail.ziggo.nl webmail.xs4all.nl mail.telia.com
    poczta.o2.pl poczta.wp.pl poczta.onet.pl poczta.interia.pl mail.abv.bg mail.ukr.net freemail.hu citromail.hu
    webmail.bt.com mail.sky.com mail.virginmedia.com webmail.plus.net mail.comcast.net connect.xfinity.com
    mail.cox.net webmail.earthlink.net webmail.att.net webmail.centurylink.net mail.optimum.net webmail.spectrum.net
    webmail.shaw.ca webmail.rogers.com webmail.bell.net webmail.telus.net webmail.bigpond.com webmail.optusnet.com.au
    mail.uol.com.br email.uol.com.br mail.terra.com.br mail.bol.uol.com.br mail.rediff.com
    mail.qq.com wx.mail.qq.com mail.163.com mail.126.com mail.yeah.net mail.sina.com.cn mail.sohu.com mail.aliyun.com
    mail.naver.com mail.daum.net mail.nate.com webmail.biglobe.ne.jp mail.goo.ne.jp
    front.app app.frontapp.com missiveapp.com mail.superhuman.com mail.notion.so mail.missiveapp.com
  `,
  social: `
    facebook.* fb.com fb.me fb.watch messenger.com m.me workplace.com instagram.com ig.me threads.net threads.com
    twitter.com t.co x.com tweetdeck.com linkedin.com lnkd.in reddit.com redd.it pinterest.* pin.it
    youtube.com youtu.be youtube-nocookie.com tiktok.com snapchat.com whatsapp.com wa.me telegram.org telegram.me t.me
    bsky.app mastodon.social mastodon.online mastodon.world mstdn.social mstdn.jp fosstodon.org hachyderm.io
    infosec.exchange techhub.social mas.to c.im pawoo.net pixelfed.social lemmy.world lemmy.ml kbin.social
    discord.com discord.gg discordapp.com slack.com twitch.tv kick.com rumble.com dailymotion.com vimeo.com
    tumblr.com quora.com medium.com news.ycombinator.com lobste.rs producthunt.com indiehackers.com slashdot.org
    stackoverflow.com stackexchange.com superuser.com serverfault.com github.com gitlab.com sourceforge.net dev.to
    hashnode.com dribbble.com behance.net deviantart.com artstation.com flickr.com 500px.com imgur.com giphy.com 9gag.com
    soundcloud.com last.fm lastfm.* goodreads.com letterboxd.com strava.com untappd.com
    vk.com vk.ru vkontakte.ru ok.ru odnoklassniki.ru my.mail.ru livejournal.* moikrug.ru dzen.ru rutube.ru pikabu.ru
    xing.com viadeo.com meinvz.net studivz.net kununu.com gutefrage.net nk.pl wykop.pl skyrock.com tuenti.com
    taringa.net hyves.nl copainsdavant.linternaute.com draugiem.lv
    weibo.com weibo.cn t.cn douban.com zhihu.com xiaohongshu.com xhslink.com douyin.com kuaishou.com bilibili.com
    b23.tv renren.com qzone.qq.com weixin.qq.com mp.weixin.qq.com tieba.baidu.com zhidao.baidu.com v2ex.com
    line.me liff.line.me mixi.jp gree.jp ameblo.jp note.com hatena.ne.jp b.hatena.ne.jp pixiv.net nicovideo.jp
    kakao.com story.kakao.com band.us cafe.naver.com blog.naver.com dcinside.com ptt.cc plurk.com dcard.tw zalo.me
    sharechat.com kooapp.com mewe.com gab.com gettr.com parler.com truthsocial.com minds.com nextdoor.* meetup.com
    foursquare.com swarmapp.com yelp.* tripadvisor.* classmates.com myheritage.com geni.com ancestry.*
    myspace.com hi5.com tagged.com badoo.com bebo.com netlog.com friendster.com friendsreunited.com orkut.com
    plus.google.com groups.google.com stumbleupon.com mix.com digg.com delicious.com folkd.com diigo.com pocket.co
    getpocket.com flipboard.com feedly.com instapaper.com hootsuite.com buffer.com ow.ly buff.ly scoop.it
    gaiaonline.com habbo.com fotolog.com flixster.com fetlife.com buzznet.com blackplanet.com xanga.com wayn.com
    weeworld.com sonico.com skype.com clubhouse.com wattpad.com ravelry.com care2.com cafemom.com lang-8.com
    lnk.bio linktr.ee linktree.com bio.link beacons.ai campsite.bio taplink.cc lnk.to
    patreon.com ko-fi.com plaxo.com identi.ca multiply.com myyearbook.com mylife.ru
    global.cyworld.com vkrugudruzei.ru
  `,
  search: `
    google.* bing.com duckduckgo.com yahoo.* search.yahoo.net ecosia.org qwant.com startpage.com ixquick.*
    search.brave.com kagi.com mojeek.com presearch.com presearch.org swisscows.com metager.* meta.rrzn.uni-hannover.de
    searx.be searx.me searxng.site gibiru.com disconnect.me search.disconnect.me lilo.org ekoru.org oceanhero.today
    givero.com neeva.com mwmbl.org marginalia.nu search.marginalia.nu stract.com yep.com right-dao.com gigablast.com
    yandex.* ya.ru go.mail.ru nova.rambler.ru rambler.ru sputnik.ru nigma.ru poisk.ru search.qip.ru sm.aport.ru meta.ua
    baidu.* sogou.com soso.com so.com haosou.com so.360.cn sm.cn quark.cn youdao.com zhongsou.com search.yam.com
    naver.com search.naver.com daum.net search.daum.net search.nate.com search.zum.com coccoc.com laban.vn
    search.goo.ne.jp search.auone.jp search.smt.docomo.ne.jp search.biglobe.ne.jp websearch.rakuten.co.jp
    search.nifty.com so-net.ne.jp excite.co.jp search.seznam.cz seznam.cz centrum.cz atlas.cz search.centrum.cz
    jyxo.1188.cz zoznam.sk szukaj.onet.pl szukaj.wp.pl google.interia.pl najdi.si neti.ee otsing.delfi.ee latne.lv
    aol.* aolsearch.com ask.com ask.co.uk search-results.com searchqu.com lycos.* excite.* altavista.* alltheweb.com
    msn.com search.live.com hotbot.com dogpile.com metacrawler.* webcrawler.com infospace.com
    mamma.com teoma.com looksmart.com entireweb.com exalead.* voila.fr search.ke.voila.fr lemoteur.orange.fr
    lemoteur.fr search.free.fr mozbot.* hit-parade.com dir.com recherche.aol.fr francite.com toile.com
    suche.t-online.de navigationshilfe.t-online.de suche.web.de suche.gmx.net suche.gmx.* search.gmx.*
    suche.freenet.de suche.1und1.de fireball.* abacho.* acoon.de allesklar.* eurip.com witch.de suche.info benefind.de
    search.1und1.de search.bluewin.ch search.ch toppreise.ch austronaut.at ricerca.virgilio.it arianna.libero.it
    search.tiscali.it istella.it trovarapido.com kataweb.it cercato.it pesquisa.sapo.pt pesquisa.clix.pt
    busca.orange.es buscador.terra.* ariadna.elmundo.es busca.uol.com.br startpagina.nl vinden.nl ilse.nl
    vindex.nl zoeken.nl zoek.nl skynet.be eniro.se kvasir.no abcsok.no startsiden.no sesam.no 118700.se find.tdc.dk
    search.abv.bg search.walla.co.il search.bt.com search.sky.com search.comcast.net search.xfinity.com
    search.earthlink.net search.juno.com search.rr.com search.frontier.com charter.net searchresults.verizon.com
    search.aol.com search.lycos.com search.com search.icq.com search.conduit.com search.babylon.com isearch.babylon.com
    search.avg.com isearch.avg.com search.avast.com search.avira.com safesearch.avira.com search.f-secure.com
    search.zonealarm.com search.incredimail.com search.sweetim.com search.mywebsearch.com search.myway.com mysearch.com
    mywebsearch.com delta-search.com claro-search.com dalesearch.com searchlock.com search.snap.do snap.do search.v9.com
    search.winamp.com search.softonic.com search.start.fyi start.lenovo.com search.genieo.com searchencrypt.com
    searchalot.com searchcanvas.com only-search.com websearch.com smartaddressbar.com search.smartaddressbar.com
    plusnetwork.com wow.com forestle.org blekko.com cuil.com yippy.com search.yippy.com gooofullsearch.com zapmeta.*
    junglekey.* epicsearch.in peekier.com oscobo.com lookany.com picsearch.com tineye.com scholar.archive.org
    semanticscholar.org base-search.net wolframalpha.com technorati.com blogdigger.com icerocket.com twingly.com
    dmoz.org alexa.com yasni.* 123people.* yatedo.* dasoertliche.de dastelefonbuch.de gelbeseiten.de goyellow.de
    meinestadt.de yellowmap.de gulesider.no 1881.no pagesjaunes.fr
    pricerunner.* idealo.* kelkoo.* pricegrabber.* shopzilla.* ciao.* twenga.* prisjakt.* pricespy.* ceneo.pl heureka.*

  `,
  // Parts of the sites above that are neither: tools, documents, consoles, shops. Longest match wins.
  other: `
    accounts.google.com docs.google.com drive.google.com sites.google.com calendar.google.com meet.google.com
    chat.google.com classroom.google.com keep.google.com photos.google.com translate.google.com contacts.google.com
    analytics.google.com ads.google.com adwords.google.com tagmanager.google.com tagassistant.google.com
    search.google.com merchants.google.com console.cloud.google.com cloud.google.com console.firebase.google.com
    developers.google.com support.google.com policies.google.com myaccount.google.com play.google.com store.google.com
    business.google.com optimize.google.com lookerstudio.google.com datastudio.google.com admin.google.com
    pay.google.com payments.google.com script.google.com colab.research.google.com earth.google.com
    metrika.yandex.ru direct.yandex.ru webmaster.yandex.ru disk.yandex.ru market.yandex.ru tracker.yandex.ru
    tongji.baidu.com pan.baidu.com baike.baidu.com ads.yahoo.com finance.yahoo.com login.yahoo.com
    business.facebook.com developers.facebook.com ads.tiktok.com ads.linkedin.com business.linkedin.com ads.x.com
    ads.twitter.com ads.reddit.com ads.pinterest.com studio.youtube.com pages.github.com
    shopping.google.com shopping.yahoo.com shopping.yahoo.co.jp shopping.naver.com
  `,
}

/** The kind of each host; a `*` at the end is a country's ending. */
export const categoryByHost: ReadonlyMap<string, ReferrerCategory> = new Map(
  Object.entries(hosts).flatMap(([category, list]) =>
    // Object.entries forgets the type of the keys.
    wordsOf(list).map((host): [string, ReferrerCategory] => [host, category as ReferrerCategory]),
  ),
)

/** Places of another kind than the rest of their host. */
export const categoryByPath: readonly { host: string; path: string; category: ReferrerCategory }[] = [
  { host: 'x.com', path: '/i/grok', category: 'ai' },
  { host: 'twitter.com', path: '/i/grok', category: 'ai' },
  { host: 'bing.com', path: '/chat', category: 'ai' },
  { host: 'huggingface.co', path: '/chat', category: 'ai' },
  { host: 'icloud.com', path: '/mail', category: 'email' },
]

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/)
}
