-- Records why conversions get another version of their credit.
-- $1 website_id, $2 conversion_id, $3 version, $4 reason: in lock order
-- Index: credit_versions_pkey
insert into credit_versions (website_id, conversion_id, version, reason)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::integer[]),
  unnest($4::text::text[])
