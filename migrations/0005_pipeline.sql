-- Event ids whose facts are loaded; claimed in the transaction that writes the facts. Hash-partitioned so that the
-- index an insert descends stays small however long history grows.
create table pipeline.event_seen (
  event_id uuid primary key,
  content_hash bigint not null
) partition by hash (event_id);

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table pipeline.event_seen_%s partition of pipeline.event_seen for values with (modulus 16, remainder %s)',
      lpad(part::text, 2, '0'), part);
  end loop;
end $$;

-- How far each partition of the log is loaded. Locked first by every load, so that a stale consumer stops there.
-- complete_until: everything received before it is loaded.
create table pipeline.load_position (
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  complete_until timestamptz not null default '-infinity',
  primary key (topic, partition)
);

-- What became of the records of each batch: the proof that every event is accounted for.
create table pipeline.load_ledger (
  topic text not null,
  partition int not null,
  first_offset bigint not null,
  last_offset bigint not null,
  loaded int not null,
  ignored int not null,
  duplicate int not null,
  quarantined int not null,
  erased int not null,
  loaded_at timestamptz not null default now(),
  primary key (topic, partition, first_offset),
  check (loaded + ignored + duplicate + quarantined + erased = last_offset - first_offset + 1)
);

-- Events that could not be counted, scrubbed, with the reason. `contract`: refused by the API; `load`: accepted, but
-- its facts could not be written.
create table pipeline.quarantine (
  topic text not null,
  partition int not null,
  record_offset bigint not null,
  stage text not null check (stage in ('contract', 'load')),
  event_id uuid,
  source text not null,
  code text not null,
  path text not null,
  detail text not null,
  received_at timestamptz not null,
  record jsonb not null,
  quarantined_at timestamptz not null default now(),
  retried_at timestamptz,
  primary key (topic, partition, record_offset)
);
create index quarantine_waiting on pipeline.quarantine (quarantined_at) where retried_at is null;

-- Generated SQL that is in force; `millrace migrate` applies it again when its hash changed.
create table pipeline.generated_sql (
  name text primary key,
  hash text not null,
  applied_at timestamptz not null default now()
);

-- A KPI's totals are filled from the facts when it is new or its definition changed. filled_at is null in between.
create table pipeline.kpi_definition (
  kpi text primary key,
  hash text not null,
  filled_at timestamptz
);

-- Makes the monthly partitions of fact_event that the given days need. Owned by the schema's owner, so that the loader
-- needs no right to create tables.
create function pipeline.ensure_event_partitions(months date[]) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  first_day date;
  partition_name text;
begin
  for first_day in select distinct date_trunc('month', m)::date from unnest(months) as m order by 1 loop
    partition_name := 'fact_event_' || to_char(first_day, 'YYYY_MM');
    continue when to_regclass('warehouse.' || partition_name) is not null;
    perform pg_advisory_xact_lock(hashtextextended('millrace.fact_event_partition', 0));
    -- Asked of the table: to_regclass may remember what it found before the lock.
    continue when exists (
      select from pg_class where relnamespace = 'warehouse'::regnamespace and relname = partition_name);
    -- Made apart and attached: made as a partition, it would wait for whoever reads fact_event, and all others for it.
    execute format(
      'create table warehouse.%I (like warehouse.fact_event including defaults including constraints)', partition_name);
    execute format(
      'alter table warehouse.fact_event attach partition warehouse.%I for values from (%L) to (%L)',
      partition_name, first_day, (first_day + interval '1 month')::date);
  end loop;
end $$;
revoke all on function pipeline.ensure_event_partitions(date[]) from public;

-- What everything stored depends on and no service may differ in: the business time zone.
create table pipeline.setting (
  name text primary key,
  value text not null
);
