-- Reserves blocks of ids; returns the first id of each.
-- $1 sequence, $2 blocks
-- Index: none
select nextval($1::text::regclass)::float8 as start
from generate_series(1, $2::integer)
