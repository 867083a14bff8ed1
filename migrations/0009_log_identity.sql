-- Which log the tables pipeline.log_… are: offsets in an archive or a ledger mean something only together with it.
create table pipeline.log_identity (
  only_one boolean primary key default true check (only_one),
  identity uuid not null default gen_random_uuid()
);
insert into pipeline.log_identity default values;
grant select on pipeline.log_identity to millrace_ingest, millrace_archiver, millrace_loader;
