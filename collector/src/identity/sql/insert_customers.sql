-- Opens customers under reserved ids.
-- $1 website ids, $2 ids, $3 user identity ids, $4 first seen, $5 last seen, $6 e-mail hashes
-- Index: customers_pkey
insert into customers (website_id, id, user_identity_id, first_seen_at, last_seen_at, email_hash)
select *
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::timestamptz[], $5::text::timestamptz[], $6::text::text[])
