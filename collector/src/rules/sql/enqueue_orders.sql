-- Adds to the queue all others who have a part of the orders of these events: the purchase, or a refund of it.
-- $1 website_id, $2 event_id
-- Index: event_is_at_most_one_conversion, conversions_by_conversion_id
insert into credit_queue (website_id, customer_id, reason)
select distinct o.website_id, o.customer_id, 'rule_changed'
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as event_id
) v
join conversions c using (website_id, event_id)
join conversions o
  on o.website_id = c.website_id
  and o.name = c.name
  and o.conversion_id = c.conversion_id
  and o.customer_id <> c.customer_id
