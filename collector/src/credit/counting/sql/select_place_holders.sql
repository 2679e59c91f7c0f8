-- The earliest counted conversion of a rule in each place: of a session, or where none is given of the whole person.
-- $1 website_id, $2 customer_id, $3 rule_id, $4 session_id, $5 position
-- Index: customers_pkey, customers_by_merged_into, conversions_by_customer, conversions_by_session
select
  v.position,
  p.canonical_id::text as person_id,
  p.merge_count > 0 as is_merged,
  c.event_id::text,
  round(date_part('epoch', c.occurred_at) * 1000) as occurred_at
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id,
    unnest($3::text::bigint[]) as rule_id,
    unnest($4::text::bigint[]) as session_id,
    unnest($5::text::integer[]) as position
) v
join customers p on p.website_id = v.website_id and p.id = v.customer_id
left join lateral (
  (
    select c.event_id, c.occurred_at
    from conversions c
    join customers m on m.website_id = c.website_id and m.id = c.customer_id
    where c.website_id = v.website_id
      and c.session_id = v.session_id
      and c.rule_id = v.rule_id
      and c.counted
      and coalesce(c.value_cents, 0) >= 0
      and m.canonical_id = p.canonical_id
  )
  union all
  (
    select of_member.event_id, of_member.occurred_at
    from (
      select p.canonical_id as id
      union all
      select m.id
      from customers m
      where m.website_id = v.website_id and m.merged_into_id = p.canonical_id
    ) m
    cross join lateral (
      select c.event_id, c.occurred_at
      from conversions c
      where c.website_id = v.website_id
        and c.customer_id = m.id
        and c.rule_id = v.rule_id
        and c.counted
        and coalesce(c.value_cents, 0) >= 0
      order by c.occurred_at, c.event_id
      limit 1
    ) of_member
    where v.session_id is null
  )
  order by occurred_at, event_id
  limit 1
) c on true
