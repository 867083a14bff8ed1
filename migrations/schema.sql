table pipeline.canary_round (
  round bigint not null generated always as identity,
  sent_at timestamp with time zone not null,
  event_ids uuid[] not null,
  log_from jsonb not null,
  log_until jsonb,
  clean text[] not null default '{}'::text[]
);
table pipeline.erased_object (
  erasure_id uuid not null,
  key text not null,
  erased integer not null,
  redacted integer not null
);
table pipeline.erased_person (
  person_hash uuid not null,
  erasure_id uuid not null,
  person_id uuid
);
table pipeline.erasure (
  erasure_id uuid not null,
  requested_at timestamp with time zone not null default now(),
  erased_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  counts jsonb,
  finished_at timestamp with time zone,
  receipt jsonb
);
table pipeline.event_seen (
  event_id uuid not null,
  content_hash bigint not null
) partition by HASH (event_id);
table pipeline.facts_kept (
  only_one boolean not null default true,
  first_day date not null,
  deleted_before date not null
);
table pipeline.generated_sql (
  name text not null,
  hash text not null,
  applied_at timestamp with time zone not null default now()
);
table pipeline.job_success (
  job text not null,
  succeeded_at timestamp with time zone not null,
  result jsonb not null
);
table pipeline.kpi_definition (
  kpi text not null,
  hash text not null,
  filled_at timestamp with time zone
);
table pipeline.load_ledger (
  topic text not null,
  partition integer not null,
  first_offset bigint not null,
  last_offset bigint not null,
  loaded integer not null,
  ignored integer not null,
  duplicate integer not null,
  quarantined integer not null,
  erased integer not null,
  loaded_at timestamp with time zone not null default now()
);
table pipeline.load_position (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  complete_until timestamp with time zone not null default '-infinity'::timestamp with time zone
);
table pipeline.log_chunk (
  topic text not null,
  partition integer not null,
  first_offset bigint not null,
  last_offset bigint not null,
  appended_at timestamp with time zone not null,
  body text not null
);
table pipeline.log_identity (
  only_one boolean not null default true,
  identity uuid not null default gen_random_uuid()
);
table pipeline.log_partition (
  topic text not null,
  partition integer not null,
  first_offset bigint not null default 0,
  next_offset bigint not null default 0
);
table pipeline.log_position (
  topic text not null,
  group_name text not null,
  partition integer not null,
  next_offset bigint not null,
  committed_at timestamp with time zone not null default clock_timestamp()
);
table pipeline.log_topic (
  topic text not null,
  partitions integer not null,
  retention_hours integer not null
);
table pipeline.pii_inventory (
  business_date date not null,
  source text not null,
  event text not null,
  field text not null,
  kind text not null,
  treatment text not null,
  shard integer not null,
  events bigint not null
);
table pipeline.pii_name (
  source text not null,
  part text not null,
  name text not null
);
table pipeline.quarantine (
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  stage text not null,
  event_id uuid,
  source text not null,
  code text not null,
  path text not null,
  detail text not null,
  received_at timestamp with time zone not null,
  record jsonb not null,
  quarantined_at timestamp with time zone not null default now(),
  retried_at timestamp with time zone
);
table pipeline.setting (
  name text not null,
  value text not null
);
table warehouse.dim_channel (
  channel text not null
);
table warehouse.dim_country (
  country text not null,
  name text not null
);
table warehouse.dim_currency (
  currency text not null,
  exponent smallint not null
);
table warehouse.dim_date (
  business_date date not null,
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
  holiday text
);
table warehouse.dim_device (
  device_key text not null,
  device text not null,
  os text not null,
  browser text not null
);
table warehouse.dim_experiment (
  experiment_id text not null,
  variant_id text not null
);
table warehouse.dim_person (
  person_id uuid not null,
  canonical_id uuid not null,
  kind text not null,
  linked_at timestamp with time zone,
  plan text,
  channel text,
  country text,
  traits_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  same_as uuid
);
table warehouse.dim_plan (
  plan text not null
);
table warehouse.dim_product (
  source text not null,
  sku text not null,
  name text,
  category text,
  described_at timestamp with time zone not null
);
table warehouse.fact_box (
  source text not null,
  box_id text not null,
  subscription_id text,
  cycle text,
  created_at timestamp with time zone,
  created_event_id uuid,
  packed_at timestamp with time zone,
  packed_event_id uuid,
  packed_date date,
  shipped_at timestamp with time zone,
  delivered_at timestamp with time zone,
  skipped_at timestamp with time zone,
  carrier text,
  skip_reason text,
  country text,
  items_ordered bigint not null default 0,
  items_packed bigint not null default 0,
  stage text generated (
CASE
    WHEN (delivered_at IS NOT NULL) THEN 'delivered'::text
    WHEN (shipped_at IS NOT NULL) THEN 'shipped'::text
    WHEN (packed_at IS NOT NULL) THEN 'packed'::text
    WHEN (skipped_at IS NOT NULL) THEN 'skipped'::text
    WHEN (created_at IS NOT NULL) THEN 'created'::text
    ELSE NULL::text
END)
);
table warehouse.fact_box_item (
  source text not null,
  box_id text not null,
  sku text not null,
  ordered bigint not null default 0,
  packed bigint not null default 0
);
table warehouse.fact_error (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  code text not null,
  message text,
  severity text
);
table warehouse.fact_event (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  original_timestamp timestamp with time zone,
  sent_at timestamp with time zone,
  time_source text not null,
  source text not null,
  key_kind text not null,
  event text not null,
  person_id uuid,
  anonymous_id uuid,
  session_id text,
  country text not null,
  device_key text,
  excluded_reason text,
  properties jsonb not null,
  context jsonb not null
) partition by RANGE (business_date);
table warehouse.fact_exposure (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  experiment_id text not null,
  variant_id text not null
);
table warehouse.fact_feedback (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  kind text not null,
  score double precision not null,
  comment text,
  order_id text,
  box_id text
);
table warehouse.fact_login (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  method text
);
table warehouse.fact_order (
  source text not null,
  order_id text not null,
  placed_at timestamp with time zone,
  completed_at timestamp with time zone,
  completed_event_id uuid,
  business_date date,
  amount_minor bigint,
  currency text,
  coupon text,
  person_id uuid,
  country text,
  fulfilled_at timestamp with time zone,
  fulfilled_date date,
  processing_seconds double precision generated (
CASE
    WHEN (fulfilled_at < COALESCE(placed_at, completed_at)) THEN (0)::numeric
    ELSE EXTRACT(epoch FROM (fulfilled_at - COALESCE(placed_at, completed_at)))
END)
);
table warehouse.fact_order_line (
  source text not null,
  order_id text not null,
  line_number integer not null,
  business_date date not null,
  sku text not null,
  quantity bigint not null,
  amount_minor bigint not null,
  currency text not null
);
table warehouse.fact_person_day (
  person_id uuid not null,
  business_date date not null
);
table warehouse.fact_refund (
  source text not null,
  refund_id text not null,
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  order_id text,
  amount_minor bigint not null,
  currency text not null,
  reason text,
  person_id uuid,
  country text not null
);
table warehouse.fact_session (
  source text not null,
  kind text not null,
  session_key text not null,
  part bigint not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  business_date date not null,
  person_id uuid,
  events bigint not null,
  split_from timestamp with time zone,
  duration_seconds double precision not null generated (EXTRACT(epoch FROM (ended_at - started_at)))
);
table warehouse.fact_sign_up (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  channel text not null,
  plan text,
  method text
);
table warehouse.fact_subscription (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  subscription_id text not null,
  change text not null,
  plan text,
  amount_minor bigint,
  currency text,
  billing_interval text,
  reason text,
  person_id uuid,
  country text not null
);
table warehouse.fact_web_vital (
  event_id uuid not null,
  business_date date not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  person_id uuid,
  country text not null,
  name text not null,
  value double precision not null,
  rating text
);
table warehouse.kpi_day_closed (
  business_date date not null,
  closed_at timestamp with time zone not null default now()
);
table warehouse.kpi_restatement (
  kpi text not null,
  business_date date not null,
  dimensions jsonb not null,
  cause text not null,
  restated_hour timestamp with time zone not null,
  entries bigint not null,
  numerator numeric not null,
  denominator numeric not null
);
table warehouse.kpi_total (
  kpi text not null,
  business_date date not null,
  hour timestamp with time zone not null,
  dimensions jsonb not null,
  bucket integer not null,
  shard integer not null,
  entries bigint not null,
  numerator numeric not null,
  denominator numeric not null
);
view warehouse.pii_inventory (
  business_date date,
  source text,
  event text,
  field text,
  kind text,
  treatment text,
  events bigint
) as
 SELECT business_date,
    source,
    event,
    field,
    kind,
    treatment,
    (sum(events))::bigint AS events
   FROM pipeline.pii_inventory
  GROUP BY business_date, source, event, field, kind, treatment;

sequence pipeline.canary_round_round_seq as bigint;

pipeline.canary_round constraint canary_round_pkey PRIMARY KEY (round);
pipeline.erased_object constraint erased_object_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES pipeline.erasure(erasure_id);
pipeline.erased_object constraint erased_object_pkey PRIMARY KEY (erasure_id, key);
pipeline.erased_person constraint erased_person_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES pipeline.erasure(erasure_id);
pipeline.erased_person constraint erased_person_pkey PRIMARY KEY (person_hash, erasure_id);
pipeline.erasure constraint erasure_pkey PRIMARY KEY (erasure_id);
pipeline.event_seen constraint event_seen_pkey PRIMARY KEY (event_id);
pipeline.facts_kept constraint facts_kept_only_one_check CHECK (only_one);
pipeline.facts_kept constraint facts_kept_pkey PRIMARY KEY (only_one);
pipeline.generated_sql constraint generated_sql_pkey PRIMARY KEY (name);
pipeline.job_success constraint job_success_pkey PRIMARY KEY (job);
pipeline.kpi_definition constraint kpi_definition_pkey PRIMARY KEY (kpi);
pipeline.load_ledger constraint load_ledger_check CHECK ((((((loaded + ignored) + duplicate) + quarantined) + erased) = ((last_offset - first_offset) + 1)));
pipeline.load_ledger constraint load_ledger_pkey PRIMARY KEY (topic, partition, first_offset);
pipeline.load_position constraint load_position_pkey PRIMARY KEY (topic, partition);
pipeline.log_chunk constraint log_chunk_pkey PRIMARY KEY (topic, partition, first_offset);
pipeline.log_identity constraint log_identity_only_one_check CHECK (only_one);
pipeline.log_identity constraint log_identity_pkey PRIMARY KEY (only_one);
pipeline.log_partition constraint log_partition_pkey PRIMARY KEY (topic, partition);
pipeline.log_partition constraint log_partition_topic_fkey FOREIGN KEY (topic) REFERENCES pipeline.log_topic(topic);
pipeline.log_position constraint log_position_pkey PRIMARY KEY (topic, group_name, partition);
pipeline.log_topic constraint log_topic_partitions_check CHECK ((partitions > 0));
pipeline.log_topic constraint log_topic_pkey PRIMARY KEY (topic);
pipeline.log_topic constraint log_topic_retention_hours_check CHECK ((retention_hours > 0));
pipeline.pii_inventory constraint pii_inventory_pkey PRIMARY KEY (business_date, source, event, field, kind, treatment, shard);
pipeline.pii_inventory constraint pii_inventory_treatment_check CHECK ((treatment = ANY (ARRAY['mask'::text, 'hash'::text, 'cut'::text, 'drop'::text])));
pipeline.pii_name constraint pii_name_part_check CHECK ((part = ANY (ARRAY['event'::text, 'field'::text])));
pipeline.pii_name constraint pii_name_pkey PRIMARY KEY (source, part, name);
pipeline.quarantine constraint quarantine_pkey PRIMARY KEY (topic, partition, record_offset);
pipeline.quarantine constraint quarantine_stage_check CHECK ((stage = ANY (ARRAY['contract'::text, 'load'::text])));
pipeline.setting constraint setting_pkey PRIMARY KEY (name);
warehouse.dim_channel constraint dim_channel_pkey PRIMARY KEY (channel);
warehouse.dim_country constraint dim_country_pkey PRIMARY KEY (country);
warehouse.dim_currency constraint dim_currency_exponent_check CHECK ((exponent >= 0));
warehouse.dim_currency constraint dim_currency_pkey PRIMARY KEY (currency);
warehouse.dim_date constraint dim_date_pkey PRIMARY KEY (business_date);
warehouse.dim_device constraint dim_device_pkey PRIMARY KEY (device_key);
warehouse.dim_experiment constraint dim_experiment_pkey PRIMARY KEY (experiment_id, variant_id);
warehouse.dim_person constraint dim_person_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'anonymous'::text])));
warehouse.dim_person constraint dim_person_pkey PRIMARY KEY (person_id);
warehouse.dim_plan constraint dim_plan_pkey PRIMARY KEY (plan);
warehouse.dim_product constraint dim_product_pkey PRIMARY KEY (source, sku);
warehouse.fact_box constraint fact_box_pkey PRIMARY KEY (source, box_id);
warehouse.fact_box_item constraint fact_box_item_pkey PRIMARY KEY (source, box_id, sku);
warehouse.fact_error constraint fact_error_pkey PRIMARY KEY (event_id);
warehouse.fact_event constraint fact_event_pkey PRIMARY KEY (event_id, business_date);
warehouse.fact_exposure constraint fact_exposure_pkey PRIMARY KEY (event_id);
warehouse.fact_feedback constraint fact_feedback_pkey PRIMARY KEY (event_id);
warehouse.fact_login constraint fact_login_pkey PRIMARY KEY (event_id);
warehouse.fact_order constraint fact_order_pkey PRIMARY KEY (source, order_id);
warehouse.fact_order_line constraint fact_order_line_pkey PRIMARY KEY (source, order_id, line_number);
warehouse.fact_person_day constraint fact_person_day_pkey PRIMARY KEY (person_id, business_date);
warehouse.fact_refund constraint fact_refund_pkey PRIMARY KEY (source, refund_id);
warehouse.fact_session constraint fact_session_kind_check CHECK ((kind = ANY (ARRAY['id'::text, 'idle'::text])));
warehouse.fact_session constraint fact_session_pkey PRIMARY KEY (source, kind, session_key, part);
warehouse.fact_sign_up constraint fact_sign_up_pkey PRIMARY KEY (event_id);
warehouse.fact_subscription constraint fact_subscription_change_check CHECK ((change = ANY (ARRAY['started'::text, 'renewed'::text, 'cancelled'::text])));
warehouse.fact_subscription constraint fact_subscription_pkey PRIMARY KEY (event_id);
warehouse.fact_web_vital constraint fact_web_vital_pkey PRIMARY KEY (event_id);
warehouse.kpi_day_closed constraint kpi_day_closed_pkey PRIMARY KEY (business_date);
warehouse.kpi_restatement constraint kpi_restatement_pkey PRIMARY KEY (kpi, business_date, dimensions, cause, restated_hour);
warehouse.kpi_total constraint kpi_total_pkey PRIMARY KEY (kpi, business_date, hour, dimensions, bucket, shard);

CREATE INDEX erased_person_of ON pipeline.erased_person USING btree (erasure_id);
CREATE INDEX erasure_erased_at ON pipeline.erasure USING btree (erased_at);
CREATE INDEX load_ledger_loaded_at ON pipeline.load_ledger USING brin (loaded_at);
CREATE INDEX quarantine_event ON pipeline.quarantine USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX quarantine_waiting ON pipeline.quarantine USING btree (quarantined_at) WHERE (retried_at IS NULL);
CREATE INDEX dim_person_canonical ON warehouse.dim_person USING btree (canonical_id) WHERE (canonical_id <> person_id);
CREATE INDEX dim_person_same_as ON warehouse.dim_person USING btree (same_as) WHERE (same_as IS NOT NULL);
CREATE INDEX fact_event_occurred_at ON ONLY warehouse.fact_event USING brin (occurred_at);
CREATE INDEX fact_exposure_experiment ON warehouse.fact_exposure USING btree (experiment_id, business_date);

CREATE OR REPLACE FUNCTION pipeline.drop_event_partition(month date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  next_month date := (date_trunc('month', month) + interval '1 month')::date;
begin
  if next_month > (select first_day from pipeline.facts_kept) then
    raise exception 'events of % are kept', to_char(month, 'YYYY-MM') using errcode = 'object_not_in_prerequisite_state';
  end if;
  execute format('drop table if exists warehouse.%I', 'fact_event_' || to_char(month, 'YYYY_MM'));
end $function$;
CREATE OR REPLACE FUNCTION pipeline.ensure_event_partitions(months date[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
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
end $function$;
CREATE OR REPLACE FUNCTION pipeline.log_append(chunk_topics text[], chunk_partitions integer[], chunk_records integer[], chunk_bytes integer[], bodies bytea)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  locked int;
  told int;
begin
  -- In one order, so that publishers wait for each other and never deadlock.
  perform from pipeline.log_partition p
  where (p.topic, p.partition) in (select * from unnest(chunk_topics, chunk_partitions))
  order by p.topic, p.partition
  for no key update;
  get diagnostics locked = row_count;
  if locked <> (select count(distinct c) from unnest(chunk_topics, chunk_partitions) as c (topic, partition)) then
    raise exception 'a topic or partition of the log does not exist' using errcode = 'foreign_key_violation';
  end if;

  with chunk as (
    select c.topic, c.partition, c.records, c.bytes,
      sum(c.records) over (partition by c.topic, c.partition order by c.place) as records_until,
      sum(c.bytes) over (order by c.place) as bytes_until
    from unnest(chunk_topics, chunk_partitions, chunk_records, chunk_bytes) with ordinality
      as c (topic, partition, records, bytes, place)
  )
  insert into pipeline.log_chunk (topic, partition, first_offset, last_offset, appended_at, body)
  select c.topic, c.partition, p.next_offset + c.records_until - c.records, p.next_offset + c.records_until - 1,
    clock_timestamp(), convert_from(substring(bodies from (c.bytes_until - c.bytes + 1)::int for c.bytes), 'UTF8')
  from chunk c join pipeline.log_partition p using (topic, partition);

  with grown as (
    update pipeline.log_partition p
    set next_offset = p.next_offset + c.records
    from (
      select topic, partition, sum(records) as records
      from unnest(chunk_topics, chunk_partitions, chunk_records) as u (topic, partition, records)
      group by topic, partition
    ) c
    where p.topic = c.topic and p.partition = c.partition
    returning p.topic, p.partition, p.next_offset
  ), message as (
    select topic, string_agg(partition || '=' || next_offset, ',') as heads from grown group by topic
  )
  -- A message may have 7,999 bytes; without heads it wakes all partitions.
  select count(pg_notify('millrace_log', 'records ' || topic || case when length(heads) < 7500 then ' ' || heads else '' end)::text)
  into told from message;
end $function$;
CREATE OR REPLACE FUNCTION pipeline.log_ensure_topic(new_topic text, new_partitions integer, new_retention_hours integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
  insert into pipeline.log_topic (topic, partitions, retention_hours)
  values (new_topic, new_partitions, new_retention_hours)
  on conflict do nothing;
  insert into pipeline.log_partition (topic, partition)
  select t.topic, n from pipeline.log_topic t, generate_series(0, t.partitions - 1) as n where t.topic = new_topic
  on conflict do nothing;
$function$;
CREATE OR REPLACE FUNCTION pipeline.log_join(join_topics text[], join_group text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
  with missing as (
    select p.topic, p.partition, p.first_offset
    from pipeline.log_partition p
    where p.topic = any (join_topics) and not exists (
      select from pipeline.log_position g
      where g.topic = p.topic and g.group_name = join_group and g.partition = p.partition
    )
    order by p.topic, p.partition
    for key share of p
  )
  insert into pipeline.log_position (topic, group_name, partition, next_offset)
  select topic, join_group, partition, first_offset from missing
  on conflict do nothing;
$function$;
CREATE OR REPLACE FUNCTION pipeline.log_trim(trim_topic text, trim_partition integer, at_most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  oldest bigint;
  unread bigint;
  kept_from timestamptz;
  stays bigint;
  deleted int;
begin
  select p.first_offset, clock_timestamp() - make_interval(hours => t.retention_hours) into oldest, kept_from
  from pipeline.log_partition p join pipeline.log_topic t using (topic)
  where p.topic = trim_topic and p.partition = trim_partition
  for update of p;
  select coalesce(min(g.next_offset), 9223372036854775807) into unread
  from pipeline.log_position g where g.topic = trim_topic and g.partition = trim_partition;

  select coalesce(min(c.first_offset) filter (where c.appended_at >= kept_from or c.last_offset >= unread),
    max(c.last_offset) + 1) into stays
  from (
    select first_offset, last_offset, appended_at from pipeline.log_chunk
    where topic = trim_topic and partition = trim_partition and first_offset >= oldest
    order by first_offset limit at_most
  ) c;
  if stays is null or stays <= oldest then
    return 0;
  end if;

  delete from pipeline.log_chunk
  where topic = trim_topic and partition = trim_partition and first_offset >= oldest and first_offset < stays;
  get diagnostics deleted = row_count;
  update pipeline.log_partition set first_offset = stays where topic = trim_topic and partition = trim_partition;
  return deleted;
end $function$;
CREATE OR REPLACE FUNCTION pipeline.tombstone_of(person uuid)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (encode(SUBSTRING(sha256(convert_to(('erased:'::text || (person)::text), 'UTF8'::name)) FROM 1 FOR 16), 'hex'::text))::uuid;
CREATE OR REPLACE FUNCTION warehouse.business_today()
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
  select (now() at time zone coalesce((select value from pipeline.setting where name = 'business_time_zone'), 'UTC'))::date
$function$;
CREATE OR REPLACE FUNCTION warehouse.percentile_bucket(value double precision)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (value <= (0)::double precision) THEN '-2147483648'::integer ELSE (ceil((ln(value) / ln(((1.02)::double precision / (0.98)::double precision)))))::integer END;
CREATE OR REPLACE FUNCTION warehouse.percentile_value(bucket integer)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (bucket = '-2147483648'::integer) THEN (0)::double precision ELSE (((2)::double precision * power(((1.02)::double precision / (0.98)::double precision), (bucket)::double precision)) / (((1.02)::double precision / (0.98)::double precision) + (1)::double precision)) END;
CREATE OR REPLACE FUNCTION warehouse.total_shard()
 RETURNS integer
 LANGUAGE sql
 STABLE
RETURN (COALESCE(NULLIF(current_setting('millrace.shard'::text, true), ''::text), '-1'::text))::integer;
CREATE OR REPLACE FUNCTION warehouse.totals_stay()
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (COALESCE(current_setting('millrace.keep_totals'::text, true), ''::text) = 'on'::text);



grant select on default of r in schema pipeline to millrace_jobs;
grant select on default of r in schema warehouse to analyst;
grant select on default of r in schema warehouse to millrace_jobs;
grant execute on function pipeline.drop_event_partition(month date) to millrace_jobs;
grant execute on function pipeline.ensure_event_partitions(months date[]) to millrace_jobs;
grant execute on function pipeline.ensure_event_partitions(months date[]) to millrace_loader;
grant execute on function pipeline.log_append(chunk_topics text[], chunk_partitions integer[], chunk_records integer[], chunk_bytes integer[], bodies bytea) to millrace_ingest;
grant execute on function pipeline.log_append(chunk_topics text[], chunk_partitions integer[], chunk_records integer[], chunk_bytes integer[], bodies bytea) to millrace_jobs;
grant execute on function pipeline.log_ensure_topic(new_topic text, new_partitions integer, new_retention_hours integer) to millrace_archiver;
grant execute on function pipeline.log_ensure_topic(new_topic text, new_partitions integer, new_retention_hours integer) to millrace_ingest;
grant execute on function pipeline.log_ensure_topic(new_topic text, new_partitions integer, new_retention_hours integer) to millrace_jobs;
grant execute on function pipeline.log_ensure_topic(new_topic text, new_partitions integer, new_retention_hours integer) to millrace_loader;
grant execute on function pipeline.log_join(join_topics text[], join_group text) to millrace_archiver;
grant execute on function pipeline.log_join(join_topics text[], join_group text) to millrace_loader;
grant execute on function pipeline.log_trim(trim_topic text, trim_partition integer, at_most integer) to millrace_archiver;
grant execute on function pipeline.log_trim(trim_topic text, trim_partition integer, at_most integer) to millrace_ingest;
grant execute on function pipeline.log_trim(trim_topic text, trim_partition integer, at_most integer) to millrace_jobs;
grant execute on function pipeline.log_trim(trim_topic text, trim_partition integer, at_most integer) to millrace_loader;
grant delete, insert, select, update on pipeline.canary_round to millrace_jobs;
grant delete, insert, select, update on pipeline.erased_object to millrace_jobs;
grant insert, select, update on pipeline.erased_person to millrace_jobs;
grant select on pipeline.erased_person to millrace_loader;
grant insert, select, update on pipeline.erasure to millrace_jobs;
grant select on pipeline.erasure to millrace_loader;
grant delete, select on pipeline.event_seen to millrace_jobs;
grant insert, select, update on pipeline.event_seen to millrace_loader;
grant select on pipeline.facts_kept to millrace_jobs;
grant select on pipeline.facts_kept to millrace_loader;
grant update on pipeline.facts_kept (deleted_before) to millrace_jobs;
grant update on pipeline.facts_kept (first_day) to millrace_jobs;
grant select on pipeline.generated_sql to millrace_jobs;
grant insert, select, update on pipeline.job_success to millrace_jobs;
grant select on pipeline.kpi_definition to millrace_board;
grant select on pipeline.kpi_definition to millrace_exporter;
grant select on pipeline.kpi_definition to millrace_jobs;
grant select on pipeline.load_ledger to millrace_board;
grant select on pipeline.load_ledger to millrace_jobs;
grant insert, select on pipeline.load_ledger to millrace_loader;
grant select on pipeline.load_position to millrace_board;
grant select on pipeline.load_position to millrace_exporter;
grant select on pipeline.load_position to millrace_jobs;
grant insert, select, update on pipeline.load_position to millrace_loader;
grant select on pipeline.log_chunk to millrace_archiver;
grant select on pipeline.log_chunk to millrace_jobs;
grant select on pipeline.log_chunk to millrace_loader;
grant select on pipeline.log_identity to millrace_archiver;
grant select on pipeline.log_identity to millrace_ingest;
grant select on pipeline.log_identity to millrace_jobs;
grant select on pipeline.log_identity to millrace_loader;
grant select on pipeline.log_partition to millrace_archiver;
grant select on pipeline.log_partition to millrace_board;
grant select on pipeline.log_partition to millrace_exporter;
grant select on pipeline.log_partition to millrace_ingest;
grant select on pipeline.log_partition to millrace_jobs;
grant select on pipeline.log_partition to millrace_loader;
grant select, update on pipeline.log_position to millrace_archiver;
grant select on pipeline.log_position to millrace_board;
grant select on pipeline.log_position to millrace_exporter;
grant select on pipeline.log_position to millrace_ingest;
grant select on pipeline.log_position to millrace_jobs;
grant select, update on pipeline.log_position to millrace_loader;
grant select on pipeline.log_topic to millrace_archiver;
grant select on pipeline.log_topic to millrace_board;
grant select on pipeline.log_topic to millrace_exporter;
grant select on pipeline.log_topic to millrace_ingest;
grant select on pipeline.log_topic to millrace_jobs;
grant select on pipeline.log_topic to millrace_loader;
grant select on pipeline.migration to millrace_archiver;
grant select on pipeline.migration to millrace_board;
grant select on pipeline.migration to millrace_exporter;
grant select on pipeline.migration to millrace_ingest;
grant select on pipeline.migration to millrace_jobs;
grant select on pipeline.migration to millrace_loader;
grant select on pipeline.migration_lock to millrace_jobs;
grant select on pipeline.pii_inventory to millrace_jobs;
grant insert, select, update on pipeline.pii_inventory to millrace_loader;
grant select on pipeline.pii_name to millrace_jobs;
grant insert, select on pipeline.pii_name to millrace_loader;
grant select on pipeline.quarantine to millrace_board;
grant delete, select on pipeline.quarantine to millrace_jobs;
grant insert, select, update on pipeline.quarantine to millrace_loader;
grant update on pipeline.quarantine (record) to millrace_jobs;
grant select on pipeline.setting to millrace_board;
grant select on pipeline.setting to millrace_exporter;
grant select on pipeline.setting to millrace_jobs;
grant insert, select on pipeline.setting to millrace_loader;
grant usage on schema pipeline to millrace_archiver;
grant usage on schema pipeline to millrace_board;
grant usage on schema pipeline to millrace_exporter;
grant usage on schema pipeline to millrace_ingest;
grant usage on schema pipeline to millrace_jobs;
grant usage on schema pipeline to millrace_loader;
grant usage on schema warehouse to analyst;
grant usage on schema warehouse to millrace_board;
grant usage on schema warehouse to millrace_exporter;
grant usage on schema warehouse to millrace_jobs;
grant usage on schema warehouse to millrace_loader;
grant select on warehouse.dim_channel to analyst;
grant select on warehouse.dim_channel to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_channel to millrace_loader;
grant select on warehouse.dim_country to analyst;
grant select on warehouse.dim_country to millrace_jobs;
grant select on warehouse.dim_currency to analyst;
grant select on warehouse.dim_currency to millrace_board;
grant select on warehouse.dim_currency to millrace_exporter;
grant select on warehouse.dim_currency to millrace_jobs;
grant select on warehouse.dim_date to analyst;
grant select on warehouse.dim_date to millrace_jobs;
grant select on warehouse.dim_device to analyst;
grant select on warehouse.dim_device to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_device to millrace_loader;
grant select on warehouse.dim_experiment to analyst;
grant select on warehouse.dim_experiment to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_experiment to millrace_loader;
grant select on warehouse.dim_person to analyst;
grant delete, select on warehouse.dim_person to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_person to millrace_loader;
grant select on warehouse.dim_person (canonical_id) to millrace_exporter;
grant select on warehouse.dim_person (person_id) to millrace_exporter;
grant update on warehouse.dim_person (same_as) to millrace_jobs;
grant select on warehouse.dim_plan to analyst;
grant select on warehouse.dim_plan to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_plan to millrace_loader;
grant select on warehouse.dim_product to analyst;
grant select on warehouse.dim_product to millrace_jobs;
grant delete, insert, select, update on warehouse.dim_product to millrace_loader;
grant select on warehouse.fact_box to analyst;
grant delete, insert, select, update on warehouse.fact_box to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_box to millrace_loader;
grant select on warehouse.fact_box_item to analyst;
grant delete, insert, select, update on warehouse.fact_box_item to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_box_item to millrace_loader;
grant select on warehouse.fact_error to analyst;
grant delete, select on warehouse.fact_error to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_error to millrace_loader;
grant select on warehouse.fact_error (business_date) to millrace_exporter;
grant select on warehouse.fact_error (occurred_at) to millrace_exporter;
grant select on warehouse.fact_error (person_id) to millrace_exporter;
grant select on warehouse.fact_event to analyst;
grant delete, select on warehouse.fact_event to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_event to millrace_loader;
grant update on warehouse.fact_event (anonymous_id) to millrace_jobs;
grant select on warehouse.fact_event (business_date) to millrace_exporter;
grant update on warehouse.fact_event (context) to millrace_jobs;
grant select on warehouse.fact_event (event) to millrace_exporter;
grant select on warehouse.fact_event (excluded_reason) to millrace_exporter;
grant select on warehouse.fact_event (occurred_at) to millrace_exporter;
grant select on warehouse.fact_event (person_id) to millrace_exporter;
grant update on warehouse.fact_event (properties) to millrace_jobs;
grant select on warehouse.fact_exposure to analyst;
grant delete, select on warehouse.fact_exposure to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_exposure to millrace_loader;
grant select on warehouse.fact_exposure (business_date) to millrace_exporter;
grant select on warehouse.fact_exposure (experiment_id) to millrace_exporter;
grant select on warehouse.fact_exposure (occurred_at) to millrace_exporter;
grant select on warehouse.fact_exposure (person_id) to millrace_exporter;
grant select on warehouse.fact_exposure (variant_id) to millrace_exporter;
grant select on warehouse.fact_feedback to analyst;
grant delete, select on warehouse.fact_feedback to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_feedback to millrace_loader;
grant select on warehouse.fact_feedback (business_date) to millrace_exporter;
grant select on warehouse.fact_feedback (occurred_at) to millrace_exporter;
grant select on warehouse.fact_feedback (person_id) to millrace_exporter;
grant select on warehouse.fact_login to analyst;
grant delete, select on warehouse.fact_login to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_login to millrace_loader;
grant select on warehouse.fact_login (business_date) to millrace_exporter;
grant select on warehouse.fact_login (occurred_at) to millrace_exporter;
grant select on warehouse.fact_login (person_id) to millrace_exporter;
grant select on warehouse.fact_order to analyst;
grant delete, insert, select, update on warehouse.fact_order to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_order to millrace_loader;
grant select on warehouse.fact_order (amount_minor) to millrace_exporter;
grant select on warehouse.fact_order (business_date) to millrace_exporter;
grant select on warehouse.fact_order (completed_at) to millrace_exporter;
grant select on warehouse.fact_order (currency) to millrace_exporter;
grant select on warehouse.fact_order (person_id) to millrace_exporter;
grant select on warehouse.fact_order_line to analyst;
grant delete, insert, select, update on warehouse.fact_order_line to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_order_line to millrace_loader;
grant select on warehouse.fact_person_day to analyst;
grant delete, select on warehouse.fact_person_day to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_person_day to millrace_loader;
grant select on warehouse.fact_refund to analyst;
grant delete, insert, select, update on warehouse.fact_refund to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_refund to millrace_loader;
grant select on warehouse.fact_refund (business_date) to millrace_exporter;
grant select on warehouse.fact_refund (occurred_at) to millrace_exporter;
grant select on warehouse.fact_refund (person_id) to millrace_exporter;
grant select on warehouse.fact_session to analyst;
grant delete, insert, select, update on warehouse.fact_session to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_session to millrace_loader;
grant select on warehouse.fact_sign_up to analyst;
grant delete, select on warehouse.fact_sign_up to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_sign_up to millrace_loader;
grant select on warehouse.fact_sign_up (business_date) to millrace_exporter;
grant select on warehouse.fact_sign_up (occurred_at) to millrace_exporter;
grant select on warehouse.fact_sign_up (person_id) to millrace_exporter;
grant select on warehouse.fact_subscription to analyst;
grant delete, select on warehouse.fact_subscription to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_subscription to millrace_loader;
grant select on warehouse.fact_subscription (business_date) to millrace_exporter;
grant select on warehouse.fact_subscription (change) to millrace_exporter;
grant select on warehouse.fact_subscription (occurred_at) to millrace_exporter;
grant select on warehouse.fact_subscription (person_id) to millrace_exporter;
grant select on warehouse.fact_web_vital to analyst;
grant delete, select on warehouse.fact_web_vital to millrace_jobs;
grant delete, insert, select, update on warehouse.fact_web_vital to millrace_loader;
grant select on warehouse.kpi_day_closed to analyst;
grant select on warehouse.kpi_day_closed to millrace_board;
grant select on warehouse.kpi_day_closed to millrace_exporter;
grant select on warehouse.kpi_day_closed to millrace_jobs;
grant select on warehouse.kpi_restatement to analyst;
grant select on warehouse.kpi_restatement to millrace_board;
grant insert, select, update on warehouse.kpi_restatement to millrace_jobs;
grant select on warehouse.kpi_total to analyst;
grant select on warehouse.kpi_total to millrace_board;
grant select on warehouse.kpi_total to millrace_exporter;
grant select on warehouse.kpi_total to millrace_jobs;
grant select on warehouse.pii_inventory to analyst;
grant select on warehouse.pii_inventory to millrace_jobs;
