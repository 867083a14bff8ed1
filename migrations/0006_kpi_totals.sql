-- The KPIs' totals, kept by generated triggers on the fact tables, whoever writes the facts. Rows are sharded by writer
-- (the log partition), so that loaders never wait for each other; readers sum over shards. `entries` counts the
-- contributing rows, so that a sum of 0 differs from no data. bucket is a percentile's logarithmic bucket, else 0.
create table warehouse.kpi_total (
  kpi text not null,
  business_date date not null,
  hour timestamptz not null,
  dimensions jsonb not null,
  bucket int not null,
  shard int not null,
  entries bigint not null,
  numerator numeric not null,
  denominator numeric not null,
  primary key (kpi, business_date, hour, dimensions, bucket, shard)
);

-- A day closes 24 h after its end by the watermark.
create table warehouse.kpi_day_closed (
  business_date date primary key,
  closed_at timestamptz not null default now()
);

-- What changed on a closed day, and why: one row a KPI, day, dimensions, cause and hour.
create table warehouse.kpi_restatement (
  kpi text not null,
  business_date date not null,
  dimensions jsonb not null,
  cause text not null,
  restated_hour timestamptz not null,
  entries bigint not null,
  numerator numeric not null,
  denominator numeric not null,
  primary key (kpi, business_date, dimensions, cause, restated_hour)
);

-- The shard of the transaction's writer: a loader sets its log partition, everyone else shares one.
create function warehouse.total_shard() returns int
language sql stable
return coalesce(nullif(current_setting('millrace.shard', true), ''), '-1')::int;

-- Retention deletes facts but not what they added up to; it says so for its transaction.
create function warehouse.totals_stay() returns boolean
language sql stable
return coalesce(current_setting('millrace.keep_totals', true), '') = 'on';

-- Bucket of a value for percentiles with at most 2 % relative error (DDSketch, VLDB 2019: gamma = 1.02 / 0.98). Neither
-- strict nor with a search_path of its own, so that Postgres writes it into the query: 0.1 µs a row instead of 1.6.
create function warehouse.percentile_bucket(value double precision) returns int
language sql immutable parallel safe
return case when value <= 0 then -2147483648 else ceil(ln(value) / ln(1.02::double precision / 0.98))::int end;

create function warehouse.percentile_value(bucket int) returns double precision
language sql immutable parallel safe
return case when bucket = -2147483648 then 0
  else 2 * power(1.02::double precision / 0.98, bucket) / (1.02::double precision / 0.98 + 1) end;

-- Today where the business is; kept by `millrace migrate` in pipeline.setting.
create function warehouse.business_today() returns date
language sql stable security definer set search_path = pg_catalog
as $$
  select (now() at time zone coalesce((select value from pipeline.setting where name = 'business_time_zone'), 'UTC'))::date
$$;
