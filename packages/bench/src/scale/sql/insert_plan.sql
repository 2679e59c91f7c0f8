-- $1 websites, $2 customers, $3 sessions, $4 started_at, $5 ended_at
insert into bench.plan (websites, customers, sessions, started_at, ended_at)
values ($1::integer, $2::bigint, $3::bigint, $4::timestamptz, $5::timestamptz)
