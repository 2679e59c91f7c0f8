-- The campaigns, referrers and pages of every website, with the values of the traffic. Run it as a script.
insert into utm_sources (id, website_id, value)
select bench.source_id(w.id, i), w.id, (array['google', 'facebook', 'newsletter', 'bing', 'partner'])[i + 1]
from websites w
cross join generate_series(0, 4) i;

insert into utm_mediums (id, website_id, value)
select bench.medium_id(w.id, i), w.id, (array['cpc', 'paid_social', 'email', null, 'affiliate'])[i + 1]
from websites w
cross join unnest(array[0, 1, 2, 4]) i; -- the fourth source has the medium of the first

insert into utm_campaigns (id, website_id, value)
select bench.campaign_id(w.id, i), w.id, 'autumn-' || i
from websites w
cross join generate_series(0, 39) i;

insert into referrer_domains (id, website_id, domain, category)
select bench.referrer_id(w.id, i), w.id, (array['google.com', 'example.org'])[i + 1], (array['search', 'other'])[i + 1]
from websites w
cross join generate_series(0, 1) i;

insert into landing_pages (id, website_id, path, full_url_sample)
select bench.page_id(w.id, i), w.id, bench.page_path(i), 'https://shop.example' || bench.page_path(i)
from websites w
cross join generate_series(0, 59) i;
