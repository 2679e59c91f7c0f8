-- The conversion that a rule counts instead of another one: of the same session, or of the same person if no session is given.
-- $1 website_id, $2 rule_id, $3 person_id, $4 session_id
-- Index: customers_pkey, customers_by_merged_into, conversions_by_customer
select c.id::text
from customers k
join conversions c on c.website_id = k.website_id and c.customer_id = k.id
where k.website_id = $1::text::bigint
  and (k.id = $3::text::bigint or k.merged_into_id = $3::text::bigint)
  and c.rule_id = $2::text::bigint
  and c.counted
  and coalesce(c.value_cents, 0) >= 0
  and ($4::text is null or c.session_id = $4::text::bigint)
order by c.occurred_at, c.id
limit 1
