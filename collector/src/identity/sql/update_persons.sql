-- Makes customers parts of persons, or persons of their own. Only an operator merges a customer who has a user id.
-- $1 website_id, $2 id, $3 merged_into_id: null: a person of its own, $4 by_hand: by an operator
-- Index: customers_pkey
update customers c
set
  merged_into_id = v.merged_into_id,
  status = case when v.merged_into_id is null then 'active' else 'merged' end,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::bigint[]) as merged_into_id,
    unnest($4::text::boolean[]) as by_hand
) v
where c.website_id = v.website_id
  and c.id = v.id
  and (c.user_identity_id is null or v.merged_into_id is null or v.by_hand)
returning c.id::text
