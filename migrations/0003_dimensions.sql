-- Dimensions have natural keys: a fact is readable without a join, and a loader never has to look a key up.

create table warehouse.dim_date (
  business_date date primary key,
  year smallint not null,
  quarter smallint not null,
  month smallint not null,
  month_name text not null,
  iso_year smallint not null,
  iso_week smallint not null,
  day_of_month smallint not null,
  day_of_year smallint not null,
  iso_day_of_week smallint not null,
  day_name text not null,
  is_weekend boolean not null,
  -- Left open: holidays differ by shop and country; fill in what yours keeps closed.
  holiday text
);

insert into warehouse.dim_date
select day::date,
  extract(year from day), extract(quarter from day), extract(month from day), trim(to_char(day, 'Month')),
  extract(isoyear from day), extract(week from day), extract(day from day), extract(doy from day),
  extract(isodow from day), trim(to_char(day, 'Day')), extract(isodow from day) in (6, 7)
from generate_series(timestamp '2000-01-01', timestamp '2060-12-31', interval '1 day') as day;

create table warehouse.dim_currency (
  currency text primary key,
  exponent smallint not null check (exponent >= 0)
);

create table warehouse.dim_country (
  country text primary key,
  name text not null
);

-- A person is a keyed pseudonym. canonical_id is the person it counts as: itself, or the user an anonymous visitor
-- turned out to be.
create table warehouse.dim_person (
  person_id uuid primary key,
  canonical_id uuid not null,
  kind text not null check (kind in ('user', 'anonymous')),
  linked_at timestamptz,
  plan text,
  channel text,
  country text,
  traits_at timestamptz,
  created_at timestamptz not null default now()
);
create index dim_person_canonical on warehouse.dim_person (canonical_id) where canonical_id <> person_id;

create table warehouse.dim_channel (
  channel text primary key
);

create table warehouse.dim_plan (
  plan text primary key
);

create table warehouse.dim_product (
  source text not null,
  sku text not null,
  name text,
  category text,
  described_at timestamptz not null,
  primary key (source, sku)
);

create table warehouse.dim_device (
  -- device/os/browser
  device_key text primary key,
  device text not null,
  os text not null,
  browser text not null
);

create table warehouse.dim_experiment (
  experiment_id text not null,
  variant_id text not null,
  primary key (experiment_id, variant_id)
);
