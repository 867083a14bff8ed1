-- How many events carried which kind of personal data in which field, and what was done with it: never a value. Counted
-- in the transaction that stores the events. Sharded by log partition, so that loaders do not wait for each other.
create table pipeline.pii_inventory (
  business_date date not null,
  source text not null,
  event text not null,
  field text not null,
  kind text not null,
  treatment text not null check (treatment in ('mask', 'hash', 'cut', 'drop')),
  shard int not null,
  events bigint not null,
  primary key (business_date, source, event, field, kind, treatment, shard)
);

-- Names of events and fields that no contract declares come from frontends, which may make up any number of them: the
-- inventory knows the first ones of each source, the rest is `(other)`.
create table pipeline.pii_name (
  source text not null,
  part text not null check (part in ('event', 'field')),
  name text not null,
  primary key (source, part, name)
);

grant select, insert, update on pipeline.pii_inventory to millrace_loader;
grant select, insert on pipeline.pii_name to millrace_loader;

-- For analysts, who have no rights in pipeline.
create view warehouse.pii_inventory as
  select business_date, source, event, field, kind, treatment, sum(events)::bigint as events
  from pipeline.pii_inventory
  group by business_date, source, event, field, kind, treatment;
