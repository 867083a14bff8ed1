-- A service waits until the migrations of its release have run, and refuses to count days of another time zone.
grant select on pipeline.migration
to millrace_ingest, millrace_archiver, millrace_loader, millrace_exporter, millrace_board;
grant select on pipeline.setting to millrace_loader;
