-- Links identities to the customers who own them from now on.
-- $1 website ids, $2 identity ids, $3 customer ids, $4 since, $5 until, null while in force
-- Index: identity_has_one_owner_at_a_time
insert into customer_identity_links (website_id, identity_id, customer_id, source, first_seen_at, last_seen_at, ended_at)
select v.website_id, v.identity_id, v.customer_id, 'sdk', v.since, v.since, v.until
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::timestamptz[], $5::text::timestamptz[])
  as v (website_id, identity_id, customer_id, since, until)
