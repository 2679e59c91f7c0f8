import { expect, it } from 'vitest'
import { isBot } from './is-bot.ts'

it.each([
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36',
  'AdsBot-Google (+http://www.google.com/adsbot.html)',
  'facebookexternalhit/1.1',
  'Baiduspider+(+http://www.baidu.com/search/spider.htm)',
])('%s is a bot', (userAgent) => expect(isBot(userAgent)).toBe(true))

it.each([
  '',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  // Programs that report what they were written for
  'node',
  'undici',
  'curl/8.10.1',
  'okhttp/4.12.0',
  'python-requests/2.32.3',
  'Go-http-client/1.1',
  'Shop/12 CFNetwork/1568 Darwin/24.1.0',
])('%j is no bot', (userAgent) => expect(isBot(userAgent)).toBe(false))
