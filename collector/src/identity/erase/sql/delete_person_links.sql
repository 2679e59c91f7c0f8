-- Takes all identities from customers, so that no event reaches them any more.
-- $1 website_id, $2 customer_ids
-- Index: customer_identity_links_by_customer
with gone as (
  delete from customer_identity_links
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
  returning 1
)
select count(*)::float8 as removed from gone
