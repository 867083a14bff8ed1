-- The event log on Postgres: the embedded default, and the log of a small production set-up.
create schema if not exists pipeline;

create table pipeline.log_topic (
  topic text primary key,
  partitions int not null check (partitions > 0),
  retention_hours int not null check (retention_hours > 0)
);

-- Offsets from first_offset up to, not including, next_offset are kept. A publish locks the rows of its partitions, so
-- offsets have no gaps and follow the order of commits. Room on the page keeps the updates in place (HOT).
create table pipeline.log_partition (
  topic text not null references pipeline.log_topic,
  partition int not null,
  first_offset bigint not null default 0,
  next_offset bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 20);

-- A chunk holds the records that one publish put into one partition, packed by packages/event-log (chunk-text.ts):
-- a row a record would cost ten times as much.
create table pipeline.log_chunk (
  topic text not null,
  partition int not null,
  first_offset bigint not null,
  last_offset bigint not null,
  appended_at timestamptz not null,
  body text not null,
  primary key (topic, partition, first_offset)
);
-- Compression (pglz) would cost 10 to 20 µs an event.
alter table pipeline.log_chunk alter column body set storage external;

-- The next offset that a group will handle. Retention keeps what a group has not read: delete the rows of a group that
-- will not come back.
create table pipeline.log_position (
  topic text not null,
  group_name text not null,
  partition int not null,
  next_offset bigint not null,
  committed_at timestamptz not null default clock_timestamp(),
  primary key (topic, group_name, partition)
) with (fillfactor = 20);

-- Makes a topic that does not exist; leaves another as it is.
create function pipeline.log_ensure_topic(new_topic text, new_partitions int, new_retention_hours int) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into pipeline.log_topic (topic, partitions, retention_hours)
  values (new_topic, new_partitions, new_retention_hours)
  on conflict do nothing;
  insert into pipeline.log_partition (topic, partition)
  select t.topic, n from pipeline.log_topic t, generate_series(0, t.partitions - 1) as n where t.topic = new_topic
  on conflict do nothing;
$$;

-- Appends chunks, all or none. The arrays run in parallel, a place a chunk; bodies are the chunks' texts in UTF-8, one
-- after the other, chunk_bytes long each. Tells listeners of millrace_log `records <topic> <partition>=<next offset>,…`.
create function pipeline.log_append(
  chunk_topics text[], chunk_partitions int[], chunk_records int[], chunk_bytes int[], bodies bytea
) returns void
language plpgsql security definer set search_path = pg_catalog as $$
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
end $$;

-- A group's positions begin at what is kept. The share lock lets no log_trim pass in between.
create function pipeline.log_join(join_topics text[], join_group text) returns void
language sql security definer set search_path = pg_catalog as $$
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
$$;

-- Deletes the oldest chunks of a partition that are older than the topic's retention and read by all known groups, at
-- most so many; returns how many. Looks at the oldest chunks only, however long the history is.
create function pipeline.log_trim(trim_topic text, trim_partition int, at_most int) returns int
language plpgsql security definer set search_path = pg_catalog as $$
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
end $$;

-- Writing goes through the functions; a group's readers move its position themselves.
revoke all on function
  pipeline.log_ensure_topic(text, int, int), pipeline.log_append(text[], int[], int[], int[], bytea),
  pipeline.log_join(text[], text), pipeline.log_trim(text, int, int)
from public;

grant select on pipeline.log_topic, pipeline.log_partition
to millrace_ingest, millrace_archiver, millrace_loader, millrace_exporter, millrace_board;
grant select on pipeline.log_position to millrace_ingest, millrace_archiver, millrace_loader, millrace_exporter, millrace_board;
grant execute on function pipeline.log_ensure_topic(text, int, int), pipeline.log_trim(text, int, int)
to millrace_ingest, millrace_archiver, millrace_loader;
grant execute on function pipeline.log_append(text[], int[], int[], int[], bytea) to millrace_ingest;

grant select on pipeline.log_chunk to millrace_archiver, millrace_loader;
grant update on pipeline.log_position to millrace_archiver, millrace_loader;
grant execute on function pipeline.log_join(text[], text) to millrace_archiver, millrace_loader;
