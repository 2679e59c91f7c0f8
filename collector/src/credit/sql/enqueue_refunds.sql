-- Adds to the queue the buyers of purchases that these new conversions refund, or that were refunded before they arrived.
-- $1 website_id, $2 event_id
-- Index: event_is_at_most_one_conversion, conversions_by_conversion_id
insert into credit_queue (website_id, customer_id, reason)
select distinct sale.website_id, sale.customer_id, 'refund'
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as event_id
) v
join conversions c using (website_id, event_id)
join conversions sale
  on sale.website_id = c.website_id
  and sale.name = c.name
  and sale.conversion_id = c.conversion_id
  and sale.currency is not distinct from c.currency
  and coalesce(sale.value_cents, 0) >= 0
where exists (
  select
  from conversions refund
  where refund.website_id = c.website_id
    and refund.name = c.name
    and refund.conversion_id = c.conversion_id
    and refund.currency is not distinct from c.currency
    and refund.value_cents < 0
)
