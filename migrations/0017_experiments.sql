-- Experiments are looked at every ten minutes: what the exporter needs of persons and facts, column by column.
grant select (person_id, canonical_id) on warehouse.dim_person to millrace_exporter;
grant select (person_id, business_date, occurred_at, experiment_id, variant_id) on warehouse.fact_exposure
to millrace_exporter;
grant select (person_id, business_date, completed_at, amount_minor, currency) on warehouse.fact_order
to millrace_exporter;
grant select (person_id, business_date, occurred_at) on
  warehouse.fact_refund, warehouse.fact_sign_up, warehouse.fact_login, warehouse.fact_feedback, warehouse.fact_error
to millrace_exporter;
grant select (person_id, business_date, occurred_at, change) on warehouse.fact_subscription to millrace_exporter;
grant select (person_id, business_date, occurred_at, event, excluded_reason) on warehouse.fact_event
to millrace_exporter;

-- Exposures of one experiment among those of all.
create index fact_exposure_experiment on warehouse.fact_exposure (experiment_id, business_date);
