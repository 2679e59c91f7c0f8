-- The tokens with a prefix, with the settings and active conversion rules of their website; the caller compares hashes.
-- $1 website_key, $2 prefix
-- Index: website_key_is_unique, ingestion_tokens_by_prefix, conversion_rule_position_is_unique
select
  t.id::text,
  t.website_id::text,
  t.kind,
  t.token_hash,
  t.scopes,
  t.expires_at,
  t.revoked_at,
  w.status as website_status,
  w.settings,
  (
    select jsonb_agg(
      jsonb_build_object(
        'id', r.id::text,
        'name', r.name,
        'matcher', r.matcher,
        'value', r.value,
        'counting', r.counting,
        'lookback_days', r.lookback_days,
        'default_model', r.default_model,
        'models', r.models
      )
      order by r.position
    )
    from conversion_rules r
    where r.website_id = w.id
      and r.status = 'active'
  ) as rules
from websites w
join ingestion_tokens t on t.website_id = w.id
where w.key = $1::text
  and t.token_prefix = $2::text
