-- Locks orders until the transaction ends: two groups that store a purchase and its refund see each other.
-- $1 order_key: in lock order
-- Index: none
select pg_advisory_xact_lock(hashtextextended(v.order_key, 0))
from (
  select unnest($1::text::text[]) as order_key
) v
