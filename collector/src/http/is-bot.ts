/** Tells crawlers and automated browsers, whose touches earn no credit, from everything else that sends events. */
import { isbot } from 'isbot'
import { remember } from '../remember.ts'

/**
 * isbot also lists programs that only post what someone programmed them to post: curl, okhttp in an Android app, a server. They
 * report other people's arrivals. A bot loads a page and runs its SDK: its user agent is a browser's, or says that it is a bot.
 */
const looksLikeVisitor = /^mozilla\/|bot|crawl|spider|slurp|preview|externalhit|https?:\/\//i

/** Remembered, because the patterns are long and few user agents make up most requests. */
export const isBot: (userAgent: string) => boolean = remember(
  (userAgent) => looksLikeVisitor.test(userAgent) && isbot(userAgent),
  1_000,
)
