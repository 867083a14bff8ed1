-- Readers show a KPI only when its totals are filled, and refuse to show days of another time zone.
grant select on pipeline.setting, pipeline.kpi_definition to millrace_exporter, millrace_board;

-- The board adds up the last day of the ledger, which grows for ever. Block ranges cost a load next to nothing, and
-- rows come nearly in order of time.
create index load_ledger_loaded_at on pipeline.load_ledger using brin (loaded_at);
