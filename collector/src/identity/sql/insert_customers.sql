-- Inserts customers with their reserved ids.
-- $1 website_id, $2 id, $3 user_identity_id, $4 first_seen_at, $5 last_seen_at, $6 email_hash, $7 identity_count
-- Index: customers_pkey
insert into customers (website_id, id, user_identity_id, first_seen_at, last_seen_at, email_hash, identity_count)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::bigint[]),
  to_timestamp(unnest($4::text::float8[]) / 1000),
  to_timestamp(unnest($5::text::float8[]) / 1000),
  unnest($6::text::text[]),
  unnest($7::text::integer[])
