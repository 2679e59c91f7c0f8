-- Why the credit of a conversion changed, and when.
-- $1 website_id, $2 conversion_id, $3 version
-- Index: credit_versions_pkey
select version, reason, round(date_part('epoch', created_at) * 1000) as at
from credit_versions
where website_id = $1::text::bigint
  and conversion_id = $2::text::bigint
  and version <= $3::integer
order by version
