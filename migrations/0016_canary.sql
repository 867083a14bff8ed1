-- What the canary sent, so that its traces can be looked for: when, which events, and where the log stood before and
-- after. Of the false personal data nothing is kept: it is derived from the number of the round.
create table pipeline.canary_round (
  round bigint generated always as identity primary key,
  sent_at timestamptz not null,
  event_ids uuid[] not null,
  log_from jsonb not null,
  log_until jsonb,
  -- Stores that were looked at for this round, and had none of it.
  clean text[] not null default '{}'
);
grant select, insert, update, delete on pipeline.canary_round to millrace_jobs;

-- Looked up by event, wherever it was quarantined.
create index quarantine_event on pipeline.quarantine (event_id) where event_id is not null;

-- The canary is looked for in every table, also in those that later migrations add.
grant select on all tables in schema warehouse, pipeline to millrace_jobs;
alter default privileges in schema warehouse grant select on tables to millrace_jobs;
alter default privileges in schema pipeline grant select on tables to millrace_jobs;
