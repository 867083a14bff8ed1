-- Each service has what it needs and no more. No role may TRUNCATE or write a leaf partition: neither fires triggers.
grant select, insert, update, delete on
  warehouse.dim_person, warehouse.dim_channel, warehouse.dim_plan, warehouse.dim_product, warehouse.dim_device,
  warehouse.dim_experiment, warehouse.fact_event, warehouse.fact_person_day, warehouse.fact_session,
  warehouse.fact_sign_up, warehouse.fact_login, warehouse.fact_order, warehouse.fact_order_line,
  warehouse.fact_refund, warehouse.fact_subscription, warehouse.fact_box, warehouse.fact_box_item,
  warehouse.fact_feedback, warehouse.fact_error, warehouse.fact_exposure, warehouse.fact_web_vital
to millrace_loader;
grant select, insert, update on pipeline.load_position, pipeline.event_seen, pipeline.quarantine to millrace_loader;
grant select, insert on pipeline.load_ledger to millrace_loader;
grant execute on function pipeline.ensure_event_partitions(date[]) to millrace_loader;

grant select on warehouse.kpi_total, warehouse.dim_currency, warehouse.kpi_day_closed to millrace_exporter;
grant select on pipeline.load_position to millrace_exporter;

grant select on warehouse.kpi_total, warehouse.dim_currency, warehouse.kpi_day_closed, warehouse.kpi_restatement
to millrace_board;
grant select on pipeline.load_position, pipeline.load_ledger, pipeline.quarantine to millrace_board;

-- Analysts read the whole warehouse, also what later migrations add to it.
grant select on all tables in schema warehouse to analyst;
alter default privileges in schema warehouse grant select on tables to analyst;
