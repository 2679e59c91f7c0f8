/** The seven references to the dimension tables, the same in every table that has them. */
import type { Columns } from '@headwater/db/statement'
import type { OriginIds } from '../event.ts'

export const originColumns: Columns<{ originIds: OriginIds }> = {
  utm_source_id: ({ originIds }) => originIds.source,
  utm_medium_id: ({ originIds }) => originIds.medium,
  utm_campaign_id: ({ originIds }) => originIds.campaign,
  utm_term_id: ({ originIds }) => originIds.term,
  utm_content_id: ({ originIds }) => originIds.content,
  referrer_domain_id: ({ originIds }) => originIds.referrerDomain,
  landing_page_id: ({ originIds }) => originIds.landingPage,
}
