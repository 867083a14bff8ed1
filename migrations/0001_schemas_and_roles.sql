-- Two schemas: `warehouse` is for people who ask questions, `pipeline` is the services' own.
create schema if not exists pipeline;
create schema if not exists warehouse;

-- Roles belong to the whole server, so another database may have made them, perhaps this very moment.
do $$
declare
  role_name text;
begin
  foreach role_name in array array[
    'millrace_ingest', 'millrace_archiver', 'millrace_loader', 'millrace_exporter', 'millrace_board', 'analyst'
  ] loop
    begin
      if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I nologin', role_name);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;
end $$;

grant usage on schema pipeline to millrace_ingest, millrace_archiver, millrace_loader, millrace_exporter, millrace_board;
grant usage on schema warehouse to millrace_loader, millrace_exporter, millrace_board, analyst;
