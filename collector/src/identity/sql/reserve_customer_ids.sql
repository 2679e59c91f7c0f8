-- Ids for customers about to be opened.
-- $1 how many
-- Index: none
select nextval('customers_id_seq')::text as id
from generate_series(1, $1::integer)
