-- The jobs service: upkeep behind the other services.
do $$
begin
  if not exists (select from pg_roles where rolname = 'millrace_jobs') then
    create role millrace_jobs nologin;
  end if;
exception when duplicate_object or unique_violation then
  null;
end $$;
grant usage on schema pipeline, warehouse to millrace_jobs;

-- The last success of each job, whichever process had it.
create table pipeline.job_success (
  job text primary key,
  succeeded_at timestamptz not null,
  result jsonb not null
);
grant select, insert, update on pipeline.job_success to millrace_jobs;

-- What retention keeps. first_day: an event dated before it is not loaded any more, the totals of earlier days stay as
-- they are. deleted_before: facts of earlier days are gone. Both move forward only.
create table pipeline.facts_kept (
  only_one boolean primary key default true check (only_one),
  first_day date not null,
  deleted_before date not null
);
insert into pipeline.facts_kept (first_day, deleted_before) values ('-infinity', '-infinity');
grant select, update (first_day, deleted_before) on pipeline.facts_kept to millrace_jobs;
grant select on pipeline.facts_kept to millrace_loader;

-- Drops a month of events that is wholly before the kept ones. Owned by the schema's owner, so that the jobs need no right
-- to drop tables.
create function pipeline.drop_event_partition(month date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  next_month date := (date_trunc('month', month) + interval '1 month')::date;
begin
  if next_month > (select first_day from pipeline.facts_kept) then
    raise exception 'events of % are kept', to_char(month, 'YYYY-MM') using errcode = 'object_not_in_prerequisite_state';
  end if;
  execute format('drop table if exists warehouse.%I', 'fact_event_' || to_char(month, 'YYYY_MM'));
end $$;
revoke all on function pipeline.drop_event_partition(date) from public;
grant execute on function pipeline.drop_event_partition(date), pipeline.ensure_event_partitions(date[]) to millrace_jobs;

-- Retention deletes, verification recomputes.
grant select, delete on
  warehouse.fact_event, warehouse.fact_person_day, warehouse.fact_session, warehouse.fact_sign_up, warehouse.fact_login,
  warehouse.fact_order, warehouse.fact_order_line, warehouse.fact_refund, warehouse.fact_subscription,
  warehouse.fact_box, warehouse.fact_box_item, warehouse.fact_feedback, warehouse.fact_error, warehouse.fact_exposure,
  warehouse.fact_web_vital, pipeline.event_seen, pipeline.quarantine
to millrace_jobs;
grant select on warehouse.kpi_total, pipeline.kpi_definition, pipeline.load_position, pipeline.load_ledger,
  pipeline.setting, pipeline.migration
to millrace_jobs;

-- The log, where it is in Postgres: its ends are looked at, and what was spooled is published.
grant select on pipeline.log_topic, pipeline.log_partition, pipeline.log_position, pipeline.log_identity to millrace_jobs;
grant execute on function pipeline.log_ensure_topic(text, int, int), pipeline.log_trim(text, int, int),
  pipeline.log_append(text[], int[], int[], int[], bytea)
to millrace_jobs;
