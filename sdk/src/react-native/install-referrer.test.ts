/** States which install referrers hold a campaign. */
import { expect, test } from 'vitest'
import { campaignOfReferrer } from './install-referrer.ts'

test.each([
  ['utm_source=google-play&utm_medium=organic', 'utm_source=google-play&utm_medium=organic'],
  ['gclid=Abc&conv=1&pcampaignid=x', 'gclid=Abc'],
  ['utm_source%3Dnews%26utm_campaign%3Dspring%2520sale', 'utm_source=news&utm_campaign=spring%20sale'],
  ['utm_source=news&utm_medium=(not%20set)', 'utm_source=news'],
  ['utm_source=(not%20set)&utm_medium=(not%20set)', ''],
  ['utm_source=%28not+set%29', ''],
  ['utm_source=not set', ''],
  ['utm_source=', ''],
  ['(not set)', ''],
  ['%', ''],
  ['', ''],
  [null, ''],
])('%j holds %j', (referrer, campaign) => {
  expect(campaignOfReferrer(referrer)).toBe(campaign)
})
