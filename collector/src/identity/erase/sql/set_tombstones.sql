-- Marks the identities of customers as erased until they lost them, or until now. Where they only showed what others show too, it
-- is left to the others.
-- $1 website_id, $2 customer_ids, $3 erased_at
-- Index: customer_identity_links_by_customer, customer_identity_links_by_identity, identities_pkey
update identities i
set
  erased_at = greatest(i.erased_at, v.until),
  updated_at = now()
from (
  select
    l.identity_id,
    max(
      case
        when l.ended_at is null or l.ended_at > l.first_seen_at then least(l.ended_at, $3::text::timestamptz)
        when not exists (
          select
          from customer_identity_links other
          where other.website_id = l.website_id
            and other.identity_id = l.identity_id
            and other.customer_id <> all ($2::text::bigint[])
        ) then $3::text::timestamptz
      end
    ) as until
  from customer_identity_links l
  where l.website_id = $1::text::bigint
    and l.customer_id = any ($2::text::bigint[])
  group by l.identity_id
) v
where i.website_id = $1::text::bigint
  and i.id = v.identity_id
  and v.until is not null
returning i.value_hash
