-- What can be derived once all sessions are there: the touches that customers refer to, conversions with their credits, and where
-- the collector's ids continue. Run it as a script.
update customers c
set
  first_touch_id = t.first_id,
  last_touch_id = t.last_id,
  last_seen_at = t.last_at,
  updated_at = now()
from (
  select website_id, customer_id, min(id) as first_id, max(id) as last_id, max(occurred_at) as last_at -- ids follow the time
  from touches
  group by website_id, customer_id
) t
where c.website_id = t.website_id
  and c.id = t.customer_id;

insert into conversions (
  website_id, customer_id, session_id, event_id, name, conversion_id, occurred_at, value_cents, currency, first_touch_id,
  last_non_direct_touch_id, attributed_touch_id, attribution_model, attribution_weight, lookback_days
)
select
  e.website_id, e.customer_id, e.session_id, e.id, e.name, e.idempotency_key, e.occurred_at, e.revenue_cents, e.currency,
  t.first_id, t.last_non_direct_id, t.last_non_direct_id, 'last_non_direct', jsonb_build_object(t.last_non_direct_id, 1), 90
from events e
cross join lateral (
  select min(id) as first_id, coalesce(max(id) filter (where not is_direct), max(id)) as last_non_direct_id
  from touches
  where website_id = e.website_id and customer_id = e.customer_id and occurred_at <= e.occurred_at
) t
where e.name = 'purchase';

-- A conversion has at most two touches here. Cents that do not divide go to the earliest.
insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
select
  website_id, conversion_id, model, 1, touch_id, 1.0 / count(*) over sharing,
  value_cents / count(*) over sharing + (row_number() over (sharing order by touch_id) <= value_cents % count(*) over sharing)::integer
from (
  select
    c.website_id, c.id as conversion_id, c.value_cents, c.first_touch_id, c.last_non_direct_touch_id, t.id as touch_id,
    max(t.id) over (partition by c.website_id, c.id) as last_touch_id
  from conversions c
  join touches t
    on t.website_id = c.website_id
    and t.customer_id = c.customer_id
    and t.occurred_at <= c.occurred_at
) path
cross join lateral (
  values
    ('first', touch_id = first_touch_id),
    ('last', touch_id = last_touch_id),
    ('last_non_direct', touch_id = last_non_direct_touch_id),
    ('linear', true)
) credited (model, takes_part)
where takes_part
window sharing as (partition by website_id, conversion_id, model);

-- The sequences: the collector takes ids in blocks, each from the next value on, so they continue after the highest id.
do $$
declare
  id_column record;
  highest   bigint;
begin
  for id_column in
    select table_name
    from information_schema.columns
    where table_schema = 'public' and column_name = 'id' and is_identity = 'YES'
  loop
    execute format('select max(id) from %I', id_column.table_name) into highest;
    if highest is not null then
      perform setval(pg_get_serial_sequence(id_column.table_name, 'id'), highest);
    end if;
  end loop;
end
$$;

drop schema bench cascade;
