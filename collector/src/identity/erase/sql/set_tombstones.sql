-- Marks identities as erased: until their customer lost them, or until now. Another person may have them since.
-- $1 website_id, $2 customer_ids, $3 erased_at
-- Index: customer_identity_links_by_customer, identities_pkey
update identities i
set
  erased_at = greatest(i.erased_at, v.until),
  updated_at = now()
from (
  select l.identity_id, max(least(l.ended_at, $3::text::timestamptz)) as until
  from customer_identity_links l
  where l.website_id = $1::text::bigint
    and l.customer_id = any ($2::text::bigint[])
  group by l.identity_id
) v
where i.website_id = $1::text::bigint
  and i.id = v.identity_id
