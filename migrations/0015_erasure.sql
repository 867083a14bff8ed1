-- A person's wish to be forgotten, and how far it is done.
create table pipeline.erasure (
  erasure_id uuid primary key,
  requested_at timestamptz not null default now(),
  -- What was received before it is erased, wherever it turns up. Infinity until the facts are gone: then whatever comes of
  -- the person goes too, so that nothing is added behind the deletion.
  erased_at timestamptz not null default 'infinity',
  -- What is gone from the database, by store.
  counts jsonb,
  finished_at timestamptz,
  receipt jsonb
);
-- Nearly every load asks whether anything was erased since its oldest event was received.
create index erasure_erased_at on pipeline.erasure (erased_at);

-- Tombstones. A bare hash, so that nothing kept says who was forgotten; the pseudonym itself only until it is done.
create table pipeline.erased_person (
  person_hash uuid not null,
  erasure_id uuid not null references pipeline.erasure,
  person_id uuid,
  primary key (person_hash, erasure_id)
);
create index erased_person_of on pipeline.erased_person (erasure_id);

-- What an erasure replaces in the archive, noted before it is done: a process that was killed loses no count.
create table pipeline.erased_object (
  erasure_id uuid not null references pipeline.erasure,
  key text not null,
  erased int not null,
  redacted int not null,
  primary key (erasure_id, key)
);

create function pipeline.tombstone_of(person uuid) returns uuid language sql immutable parallel safe
return encode(substring(sha256(convert_to('erased:' || person::text, 'UTF8')) for 16), 'hex')::uuid;

grant select on pipeline.erasure, pipeline.erased_person to millrace_loader;

-- The jobs end an erasure whose process was killed, or that had to wait for the archiver.
grant select, insert, update on pipeline.erasure, pipeline.erased_person to millrace_jobs;
grant select, insert, update, delete on pipeline.erased_object to millrace_jobs;
grant select, delete, update (same_as) on warehouse.dim_person to millrace_jobs;
grant update (anonymous_id, properties, context) on warehouse.fact_event to millrace_jobs;
grant update (record) on pipeline.quarantine to millrace_jobs;
-- What the person shared with others is made again from the others' events.
grant insert, update on warehouse.fact_session, warehouse.fact_order, warehouse.fact_order_line, warehouse.fact_refund,
  warehouse.fact_box, warehouse.fact_box_item
to millrace_jobs;
grant select, insert, update on warehouse.kpi_restatement to millrace_jobs;
