-- Generated from packages/kpis by `npm run generate`. Do not edit: change the definition and generate again.

do $$
declare
  old record;
begin
  for old in
    select tgname, tgrelid::regclass as relation from pg_trigger
    where tgname like 'kpi\_totals\_%' and not tgisinternal and tgparentid = 0
      and tgrelid <> all (array['warehouse.fact_box', 'warehouse.fact_error', 'warehouse.fact_event', 'warehouse.fact_feedback', 'warehouse.fact_login', 'warehouse.fact_order', 'warehouse.fact_person_day', 'warehouse.fact_refund', 'warehouse.fact_session', 'warehouse.fact_sign_up', 'warehouse.fact_subscription', 'warehouse.fact_web_vital']::regclass[])
  loop
    execute format('drop trigger %I on %s', old.tgname, old.relation);
  end loop;
end $$;

create or replace function warehouse.fact_box_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'box_complete_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where items_packed = items_ordered))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
      union all
      select 'box_fill_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(items_packed), 0)::numeric as numerator, coalesce(sum(items_ordered), 0)::numeric as denominator
      from new_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'box_complete_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where items_packed = items_ordered))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
      union all
      select 'box_complete_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where items_packed = items_ordered))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
      union all
      select 'box_fill_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(items_packed), 0)::numeric as numerator, -coalesce(sum(items_ordered), 0)::numeric as denominator
      from old_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
      union all
      select 'box_fill_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(items_packed), 0)::numeric as numerator, coalesce(sum(items_ordered), 0)::numeric as denominator
      from new_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'box_complete_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where items_packed = items_ordered))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
      union all
      select 'box_fill_ratio' as kpi, packed_date as business_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(items_packed), 0)::numeric as numerator, -coalesce(sum(items_ordered), 0)::numeric as denominator
      from old_rows
      where (packed_at is not null and items_ordered > 0) and packed_date is not null and packed_at is not null
      group by packed_date, date_bin('1 hour', packed_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_box
  referencing new table as new_rows for each statement execute function warehouse.fact_box_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_box
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_box_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_box
  referencing old table as old_rows for each statement execute function warehouse.fact_box_totals();

create or replace function warehouse.fact_error_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'user_errors' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'user_errors' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'user_errors' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'user_errors' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_error
  referencing new table as new_rows for each statement execute function warehouse.fact_error_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_error
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_error_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_error
  referencing old table as old_rows for each statement execute function warehouse.fact_error_totals();

create or replace function warehouse.fact_event_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'empty_search_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where properties ->> 'results' = '0'))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (event = 'search_performed' and excluded_reason is null and properties ->> 'results' is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('type', coalesce(event, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (excluded_reason is null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(event, 'unknown')
      union all
      select 'excluded_events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('reason', coalesce(excluded_reason, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (excluded_reason is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(excluded_reason, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'empty_search_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where properties ->> 'results' = '0'))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (event = 'search_performed' and excluded_reason is null and properties ->> 'results' is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'empty_search_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where properties ->> 'results' = '0'))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (event = 'search_performed' and excluded_reason is null and properties ->> 'results' is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('type', coalesce(event, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (excluded_reason is null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(event, 'unknown')
      union all
      select 'events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('type', coalesce(event, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (excluded_reason is null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(event, 'unknown')
      union all
      select 'excluded_events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('reason', coalesce(excluded_reason, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (excluded_reason is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(excluded_reason, 'unknown')
      union all
      select 'excluded_events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('reason', coalesce(excluded_reason, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (excluded_reason is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(excluded_reason, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'empty_search_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where properties ->> 'results' = '0'))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (event = 'search_performed' and excluded_reason is null and properties ->> 'results' is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('type', coalesce(event, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (excluded_reason is null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(event, 'unknown')
      union all
      select 'excluded_events' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('reason', coalesce(excluded_reason, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (excluded_reason is not null) and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(excluded_reason, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_event
  referencing new table as new_rows for each statement execute function warehouse.fact_event_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_event
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_event_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_event
  referencing old table as old_rows for each statement execute function warehouse.fact_event_totals();

create or replace function warehouse.fact_feedback_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'customer_satisfaction_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where score >= 4))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (kind = 'csat') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'net_promoter_score' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where score >= 9) - count(*) filter (where score <= 6))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (kind = 'nps') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'customer_satisfaction_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where score >= 4))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (kind = 'csat') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'customer_satisfaction_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where score >= 4))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (kind = 'csat') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'net_promoter_score' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where score >= 9) - count(*) filter (where score <= 6))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (kind = 'nps') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'net_promoter_score' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where score >= 9) - count(*) filter (where score <= 6))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (kind = 'nps') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'customer_satisfaction_ratio' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where score >= 4))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (kind = 'csat') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'net_promoter_score' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where score >= 9) - count(*) filter (where score <= 6))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (kind = 'nps') and business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_feedback
  referencing new table as new_rows for each statement execute function warehouse.fact_feedback_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_feedback
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_feedback_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_feedback
  referencing old table as old_rows for each statement execute function warehouse.fact_feedback_totals();

create or replace function warehouse.fact_login_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'logins' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'logins' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
      union all
      select 'logins' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'logins' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_login
  referencing new table as new_rows for each statement execute function warehouse.fact_login_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_login
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_login_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_login
  referencing old table as old_rows for each statement execute function warehouse.fact_login_totals();

create or replace function warehouse.fact_order_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'average_order_value' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'order_processing_seconds' as kpi, fulfilled_date as business_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(processing_seconds) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (processing_seconds is not null) and fulfilled_date is not null and fulfilled_at is not null
      group by fulfilled_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(processing_seconds)
      union all
      select 'orders' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z')
      union all
      select 'revenue_gross' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'average_order_value' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'average_order_value' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'order_processing_seconds' as kpi, fulfilled_date as business_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(processing_seconds) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (processing_seconds is not null) and fulfilled_date is not null and fulfilled_at is not null
      group by fulfilled_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(processing_seconds)
      union all
      select 'order_processing_seconds' as kpi, fulfilled_date as business_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(processing_seconds) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (processing_seconds is not null) and fulfilled_date is not null and fulfilled_at is not null
      group by fulfilled_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(processing_seconds)
      union all
      select 'orders' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z')
      union all
      select 'orders' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z')
      union all
      select 'revenue_gross' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'revenue_gross' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, 0::numeric as denominator
      from new_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'average_order_value' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'order_processing_seconds' as kpi, fulfilled_date as business_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(processing_seconds) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (processing_seconds is not null) and fulfilled_date is not null and fulfilled_at is not null
      group by fulfilled_date, date_bin('1 hour', fulfilled_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(processing_seconds)
      union all
      select 'orders' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z')
      union all
      select 'revenue_gross' as kpi, business_date as business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -0::numeric as denominator
      from old_rows
      where (completed_at is not null) and business_date is not null and completed_at is not null
      group by business_date, date_bin('1 hour', completed_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_order
  referencing new table as new_rows for each statement execute function warehouse.fact_order_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_order
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_order_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_order
  referencing old table as old_rows for each statement execute function warehouse.fact_order_totals();

create or replace function warehouse.fact_person_day_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      (
        with touched as (
          select person_id, min(business_date) - 30 as since, max(business_date) + 30 as until
          from new_rows group by person_id
        ), days as (
          select person_id, business_date, true as is_changed from new_rows
          union all
          select k.person_id, k.business_date, false
          from touched t join lateral (select d.* from warehouse.fact_person_day d where not exists (
              select from new_rows r where r.person_id = d.person_id and r.business_date = d.business_date)) k
            on k.person_id = t.person_id and k.business_date >= t.since and k.business_date <= t.until
        ), neighbours as (
          select business_date, is_changed, lag(business_date) over person as previous,
            min(business_date) filter (where not is_changed)
              over (person rows between 1 following and unbounded following) as next
          from days window person as (partition by person_id order by business_date)
        ), gaps as (
          select business_date, previous, next, count(*) as people from neighbours where is_changed group by 1, 2, 3
        ), ranges as (
          select kpi, greatest(business_date, previous + w) as first_day, least(business_date + w - 1, next - 1) as last_day,
            people
          from gaps cross join (values ('daily_active_users', 1), ('monthly_active_users', 30), ('weekly_active_users', 7)) as windows (kpi, w)
        ), edges as (
          select kpi, business_date, sum(step) as step
          from ranges cross join lateral (values (first_day, people), (last_day + 1, -people)) as edge (business_date, step)
          where first_day <= last_day
          group by kpi, business_date
        ), stretches as (
          select kpi, business_date as first_day, sum(step) over kpi as people,
            lead(business_date) over kpi as end_day
          from edges window kpi as (partition by kpi order by business_date)
        )
        select kpi, day as business_date, day::timestamp at time zone 'UTC' as hour, '{}'::jsonb as dimensions, 0 as bucket,
          1 * people as entries, 0::numeric as numerator, 0::numeric as denominator
        from stretches
          cross join lateral (select first_day + step as day from generate_series(0, end_day - first_day - 1) as step) as d
        where people <> 0 and day >= (select first_day from pipeline.facts_kept))
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      (
        with touched as (
          select person_id, min(business_date) - 30 as since, max(business_date) + 30 as until
          from old_rows group by person_id
        ), days as (
          select person_id, business_date, true as is_changed from old_rows
          union all
          select k.person_id, k.business_date, false
          from touched t join lateral (select d.* from warehouse.fact_person_day d where not exists (
              select from new_rows r where r.person_id = d.person_id and r.business_date = d.business_date)) k
            on k.person_id = t.person_id and k.business_date >= t.since and k.business_date <= t.until
        ), neighbours as (
          select business_date, is_changed, lag(business_date) over person as previous,
            min(business_date) filter (where not is_changed)
              over (person rows between 1 following and unbounded following) as next
          from days window person as (partition by person_id order by business_date)
        ), gaps as (
          select business_date, previous, next, count(*) as people from neighbours where is_changed group by 1, 2, 3
        ), ranges as (
          select kpi, greatest(business_date, previous + w) as first_day, least(business_date + w - 1, next - 1) as last_day,
            people
          from gaps cross join (values ('daily_active_users', 1), ('monthly_active_users', 30), ('weekly_active_users', 7)) as windows (kpi, w)
        ), edges as (
          select kpi, business_date, sum(step) as step
          from ranges cross join lateral (values (first_day, people), (last_day + 1, -people)) as edge (business_date, step)
          where first_day <= last_day
          group by kpi, business_date
        ), stretches as (
          select kpi, business_date as first_day, sum(step) over kpi as people,
            lead(business_date) over kpi as end_day
          from edges window kpi as (partition by kpi order by business_date)
        )
        select kpi, day as business_date, day::timestamp at time zone 'UTC' as hour, '{}'::jsonb as dimensions, 0 as bucket,
          -1 * people as entries, 0::numeric as numerator, 0::numeric as denominator
        from stretches
          cross join lateral (select first_day + step as day from generate_series(0, end_day - first_day - 1) as step) as d
        where people <> 0 and day >= (select first_day from pipeline.facts_kept))
      union all
      (
        with touched as (
          select person_id, min(business_date) - 30 as since, max(business_date) + 30 as until
          from new_rows group by person_id
        ), days as (
          select person_id, business_date, true as is_changed from new_rows
          union all
          select k.person_id, k.business_date, false
          from touched t join lateral (select d.* from warehouse.fact_person_day d where not exists (
              select from new_rows r where r.person_id = d.person_id and r.business_date = d.business_date)) k
            on k.person_id = t.person_id and k.business_date >= t.since and k.business_date <= t.until
        ), neighbours as (
          select business_date, is_changed, lag(business_date) over person as previous,
            min(business_date) filter (where not is_changed)
              over (person rows between 1 following and unbounded following) as next
          from days window person as (partition by person_id order by business_date)
        ), gaps as (
          select business_date, previous, next, count(*) as people from neighbours where is_changed group by 1, 2, 3
        ), ranges as (
          select kpi, greatest(business_date, previous + w) as first_day, least(business_date + w - 1, next - 1) as last_day,
            people
          from gaps cross join (values ('daily_active_users', 1), ('monthly_active_users', 30), ('weekly_active_users', 7)) as windows (kpi, w)
        ), edges as (
          select kpi, business_date, sum(step) as step
          from ranges cross join lateral (values (first_day, people), (last_day + 1, -people)) as edge (business_date, step)
          where first_day <= last_day
          group by kpi, business_date
        ), stretches as (
          select kpi, business_date as first_day, sum(step) over kpi as people,
            lead(business_date) over kpi as end_day
          from edges window kpi as (partition by kpi order by business_date)
        )
        select kpi, day as business_date, day::timestamp at time zone 'UTC' as hour, '{}'::jsonb as dimensions, 0 as bucket,
          1 * people as entries, 0::numeric as numerator, 0::numeric as denominator
        from stretches
          cross join lateral (select first_day + step as day from generate_series(0, end_day - first_day - 1) as step) as d
        where people <> 0 and day >= (select first_day from pipeline.facts_kept))
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      (
        with touched as (
          select person_id, min(business_date) - 30 as since, max(business_date) + 30 as until
          from old_rows group by person_id
        ), days as (
          select person_id, business_date, true as is_changed from old_rows
          union all
          select k.person_id, k.business_date, false
          from touched t join lateral (select * from warehouse.fact_person_day) k
            on k.person_id = t.person_id and k.business_date >= t.since and k.business_date <= t.until
        ), neighbours as (
          select business_date, is_changed, lag(business_date) over person as previous,
            min(business_date) filter (where not is_changed)
              over (person rows between 1 following and unbounded following) as next
          from days window person as (partition by person_id order by business_date)
        ), gaps as (
          select business_date, previous, next, count(*) as people from neighbours where is_changed group by 1, 2, 3
        ), ranges as (
          select kpi, greatest(business_date, previous + w) as first_day, least(business_date + w - 1, next - 1) as last_day,
            people
          from gaps cross join (values ('daily_active_users', 1), ('monthly_active_users', 30), ('weekly_active_users', 7)) as windows (kpi, w)
        ), edges as (
          select kpi, business_date, sum(step) as step
          from ranges cross join lateral (values (first_day, people), (last_day + 1, -people)) as edge (business_date, step)
          where first_day <= last_day
          group by kpi, business_date
        ), stretches as (
          select kpi, business_date as first_day, sum(step) over kpi as people,
            lead(business_date) over kpi as end_day
          from edges window kpi as (partition by kpi order by business_date)
        )
        select kpi, day as business_date, day::timestamp at time zone 'UTC' as hour, '{}'::jsonb as dimensions, 0 as bucket,
          -1 * people as entries, 0::numeric as numerator, 0::numeric as denominator
        from stretches
          cross join lateral (select first_day + step as day from generate_series(0, end_day - first_day - 1) as step) as d
        where people <> 0 and day >= (select first_day from pipeline.facts_kept))
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_person_day
  referencing new table as new_rows for each statement execute function warehouse.fact_person_day_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_person_day
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_person_day_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_person_day
  referencing old table as old_rows for each statement execute function warehouse.fact_person_day_totals();

create or replace function warehouse.fact_refund_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'revenue_refunds' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'revenue_refunds' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
      union all
      select 'revenue_refunds' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, coalesce(sum(amount_minor), 0)::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'revenue_refunds' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('currency', coalesce(currency, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -coalesce(sum(amount_minor), 0)::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(currency, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_refund
  referencing new table as new_rows for each statement execute function warehouse.fact_refund_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_refund
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_refund_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_refund
  referencing old table as old_rows for each statement execute function warehouse.fact_refund_totals();

create or replace function warehouse.fact_session_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'bounce_ratio' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where events = 1))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
      union all
      select 'session_duration_seconds' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(duration_seconds) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(duration_seconds)
      union all
      select 'sessions' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'bounce_ratio' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where events = 1))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
      union all
      select 'bounce_ratio' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, (count(*) filter (where events = 1))::numeric as numerator, count(*)::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
      union all
      select 'session_duration_seconds' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(duration_seconds) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(duration_seconds)
      union all
      select 'session_duration_seconds' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(duration_seconds) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(duration_seconds)
      union all
      select 'sessions' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
      union all
      select 'sessions' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'bounce_ratio' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -(count(*) filter (where events = 1))::numeric as numerator, -count(*)::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
      union all
      select 'session_duration_seconds' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, warehouse.percentile_bucket(duration_seconds) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z'), warehouse.percentile_bucket(duration_seconds)
      union all
      select 'sessions' as kpi, business_date as business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z') as hour,
        '{}'::jsonb as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and started_at is not null
      group by business_date, date_bin('1 hour', started_at, '2000-01-01 00:00Z')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_session
  referencing new table as new_rows for each statement execute function warehouse.fact_session_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_session
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_session_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_session
  referencing old table as old_rows for each statement execute function warehouse.fact_session_totals();

create or replace function warehouse.fact_sign_up_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'sign_ups' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('channel', coalesce(channel, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(channel, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'sign_ups' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('channel', coalesce(channel, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(channel, 'unknown')
      union all
      select 'sign_ups' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('channel', coalesce(channel, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(channel, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'sign_ups' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('channel', coalesce(channel, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(channel, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_sign_up
  referencing new table as new_rows for each statement execute function warehouse.fact_sign_up_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_sign_up
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_sign_up_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_sign_up
  referencing old table as old_rows for each statement execute function warehouse.fact_sign_up_totals();

create or replace function warehouse.fact_subscription_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'subscription_changes' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('change', coalesce(change, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(change, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'subscription_changes' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('change', coalesce(change, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(change, 'unknown')
      union all
      select 'subscription_changes' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('change', coalesce(change, 'unknown')) as dimensions, 0 as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(change, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'subscription_changes' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('change', coalesce(change, 'unknown')) as dimensions, 0 as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(change, 'unknown')
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_subscription
  referencing new table as new_rows for each statement execute function warehouse.fact_subscription_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_subscription
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_subscription_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_subscription
  referencing old table as old_rows for each statement execute function warehouse.fact_subscription_totals();

create or replace function warehouse.fact_web_vital_totals() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'web_vitals' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('name', coalesce(name, 'unknown')) as dimensions, warehouse.percentile_bucket(value) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(name, 'unknown'), warehouse.percentile_bucket(value)
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  elsif tg_op = 'UPDATE' then
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'web_vitals' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('name', coalesce(name, 'unknown')) as dimensions, warehouse.percentile_bucket(value) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(name, 'unknown'), warehouse.percentile_bucket(value)
      union all
      select 'web_vitals' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('name', coalesce(name, 'unknown')) as dimensions, warehouse.percentile_bucket(value) as bucket,
        count(*) as entries, 0::numeric as numerator, 0::numeric as denominator
      from new_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(name, 'unknown'), warehouse.percentile_bucket(value)
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  else
    insert into warehouse.kpi_total as total
      (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
    select kpi, business_date, hour, dimensions, bucket, (select warehouse.total_shard()), sum(entries), sum(numerator), sum(denominator)
    from (
      select 'web_vitals' as kpi, business_date as business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z') as hour,
        jsonb_build_object('name', coalesce(name, 'unknown')) as dimensions, warehouse.percentile_bucket(value) as bucket,
        -count(*) as entries, -0::numeric as numerator, -0::numeric as denominator
      from old_rows
      where business_date is not null and occurred_at is not null
      group by business_date, date_bin('1 hour', occurred_at, '2000-01-01 00:00Z'), coalesce(name, 'unknown'), warehouse.percentile_bucket(value)
    ) as change
    group by kpi, business_date, hour, dimensions, bucket
    having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
    order by kpi, business_date, hour, dimensions, bucket
    on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
      entries = total.entries + excluded.entries,
      numerator = total.numerator + excluded.numerator,
      denominator = total.denominator + excluded.denominator;
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.fact_web_vital
  referencing new table as new_rows for each statement execute function warehouse.fact_web_vital_totals();
create or replace trigger kpi_totals_update after update on warehouse.fact_web_vital
  referencing old table as old_rows new table as new_rows for each statement execute function warehouse.fact_web_vital_totals();
create or replace trigger kpi_totals_delete after delete on warehouse.fact_web_vital
  referencing old table as old_rows for each statement execute function warehouse.fact_web_vital_totals();

do $$
declare
  old record;
begin
  for old in select viewname from pg_views where schemaname = 'warehouse' and viewname like 'kpi\_%' loop
    execute format('drop view warehouse.%I', old.viewname);
  end loop;
end $$;

create view warehouse.kpi_average_order_value as
select business_date, dimensions ->> 'currency' as currency, round(sum(numerator) / power(10::numeric, max(exponent)), max(exponent)::int) / nullif(sum(denominator), 0) as value, round(sum(numerator) / power(10::numeric, max(exponent)), max(exponent)::int) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
  join warehouse.dim_currency on currency = dimensions ->> 'currency'
where kpi = 'average_order_value' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_average_order_value is 'Average order value. Gross revenue over completed orders, by currency.';

create view warehouse.kpi_bounce_ratio as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'bounce_ratio' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_bounce_ratio is 'Bounced sessions. Sessions of a single event among all sessions, on the day they start.';

create view warehouse.kpi_box_complete_ratio as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'box_complete_ratio' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_box_complete_ratio is 'Complete boxes. Boxes with every ordered item in them, of the boxes packed on the day.';

create view warehouse.kpi_box_fill_ratio as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'box_fill_ratio' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_box_fill_ratio is 'Box fill rate. Items packed over items ordered, of the boxes packed on the day.';

create view warehouse.kpi_customer_satisfaction_ratio as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'customer_satisfaction_ratio' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_customer_satisfaction_ratio is 'Customer satisfaction. Scores of 4 and 5 among all CSAT scores (1 to 5).';

create view warehouse.kpi_daily_active_users as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'daily_active_users' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_daily_active_users is 'Daily active users. People who did something on the day; bots left out, a visitor who logs in counts once.';

create view warehouse.kpi_empty_search_ratio as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'empty_search_ratio' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_empty_search_ratio is 'Searches without a result. Searches that found nothing, among those that say how much they found; bots left out.';

create view warehouse.kpi_events as
select business_date, dimensions ->> 'type' as type, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'events' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_events is 'Events. Events by name; bots left out.';

create view warehouse.kpi_excluded_events as
select business_date, dimensions ->> 'reason' as reason, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'excluded_events' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_excluded_events is 'Excluded events. Events that count for no KPI, by the reason: what kind of bot sent them, or that they are canaries.';

create view warehouse.kpi_logins as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'logins' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_logins is 'Log-ins. Successful log-ins.';

create view warehouse.kpi_monthly_active_users as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'monthly_active_users' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_monthly_active_users is 'Monthly active users. People who did something in the 30 days that end with the day; bots left out, a visitor who logs in counts once.';

create view warehouse.kpi_net_promoter_score as
select business_date, sum(numerator) / nullif(sum(denominator), 0) as value, sum(numerator) as numerator, sum(denominator) as denominator
from warehouse.kpi_total
where kpi = 'net_promoter_score' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_net_promoter_score is 'Net promoter score. Promoters (9 and 10) less detractors (0 to 6), over all NPS answers: from -1 to 1.';

create view warehouse.kpi_order_processing_seconds as
select business_date, quantile,
  warehouse.percentile_value(min(bucket) filter (where reached >= ceil(q * total))) as value
from (
  select business_date, dimensions, bucket,
    sum(entries) over (partition by business_date, dimensions order by bucket) as reached,
    sum(entries) over (partition by business_date, dimensions) as total
  from (
    select business_date, dimensions, bucket, sum(entries) as entries
    from warehouse.kpi_total where kpi = 'order_processing_seconds' and business_date <= warehouse.business_today()
    group by business_date, dimensions, bucket
    having sum(entries) <> 0
  ) as buckets
) as ranked
  cross join (values ('0.5', 0.5::double precision), ('0.95', 0.95::double precision)) as quantiles (quantile, q)
group by business_date, dimensions, quantile;
comment on view warehouse.kpi_order_processing_seconds is 'Order processing time. From placing (else completing) an order to its fulfilment, on the day of the fulfilment.';

create view warehouse.kpi_orders as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'orders' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_orders is 'Orders. Completed orders, each once, on the day of its completion.';

create view warehouse.kpi_revenue_gross as
select business_date, dimensions ->> 'currency' as currency, round(sum(numerator) / power(10::numeric, max(exponent)), max(exponent)::int) as value
from warehouse.kpi_total
  join warehouse.dim_currency on currency = dimensions ->> 'currency'
where kpi = 'revenue_gross' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_revenue_gross is 'Revenue, gross. Amounts of completed orders before refunds, by currency.';

create view warehouse.kpi_revenue_net as
select business_date, dimensions ->> 'currency' as currency, round(sum(case kpi when 'revenue_gross' then numerator else -numerator end) / power(10::numeric, max(exponent)), max(exponent)::int) as value
from warehouse.kpi_total
  join warehouse.dim_currency on currency = dimensions ->> 'currency'
where kpi in ('revenue_gross', 'revenue_refunds') and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_revenue_net is 'Revenue, net. Gross revenue less the refunds of the same day, by currency.';

create view warehouse.kpi_revenue_refunds as
select business_date, dimensions ->> 'currency' as currency, round(sum(numerator) / power(10::numeric, max(exponent)), max(exponent)::int) as value
from warehouse.kpi_total
  join warehouse.dim_currency on currency = dimensions ->> 'currency'
where kpi = 'revenue_refunds' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_revenue_refunds is 'Refunds. Refunded amounts, as positive numbers, on the day of the refund, by currency.';

create view warehouse.kpi_session_duration_seconds as
select business_date, quantile,
  warehouse.percentile_value(min(bucket) filter (where reached >= ceil(q * total))) as value
from (
  select business_date, dimensions, bucket,
    sum(entries) over (partition by business_date, dimensions order by bucket) as reached,
    sum(entries) over (partition by business_date, dimensions) as total
  from (
    select business_date, dimensions, bucket, sum(entries) as entries
    from warehouse.kpi_total where kpi = 'session_duration_seconds' and business_date <= warehouse.business_today()
    group by business_date, dimensions, bucket
    having sum(entries) <> 0
  ) as buckets
) as ranked
  cross join (values ('0.5', 0.5::double precision), ('0.95', 0.95::double precision)) as quantiles (quantile, q)
group by business_date, dimensions, quantile;
comment on view warehouse.kpi_session_duration_seconds is 'Session duration. From the first to the last event of a session, on the day it starts.';

create view warehouse.kpi_sessions as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'sessions' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_sessions is 'Sessions. Visits, on the day they start; 30 minutes without activity end one, 24 hours split one.';

create view warehouse.kpi_sign_ups as
select business_date, dimensions ->> 'channel' as channel, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'sign_ups' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_sign_ups is 'Sign-ups. New accounts, by the channel that brought them.';

create view warehouse.kpi_subscription_changes as
select business_date, dimensions ->> 'change' as change, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'subscription_changes' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_subscription_changes is 'Subscriptions started, renewed, cancelled. What happened to subscriptions, by the kind of change.';

create view warehouse.kpi_user_errors as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'user_errors' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_user_errors is 'User errors. Errors that people met.';

create view warehouse.kpi_web_vitals as
select business_date, dimensions ->> 'name' as name, quantile,
  warehouse.percentile_value(min(bucket) filter (where reached >= ceil(q * total))) as value
from (
  select business_date, dimensions, bucket,
    sum(entries) over (partition by business_date, dimensions order by bucket) as reached,
    sum(entries) over (partition by business_date, dimensions) as total
  from (
    select business_date, dimensions, bucket, sum(entries) as entries
    from warehouse.kpi_total where kpi = 'web_vitals' and business_date <= warehouse.business_today()
    group by business_date, dimensions, bucket
    having sum(entries) <> 0
  ) as buckets
) as ranked
  cross join (values ('0.5', 0.5::double precision), ('0.75', 0.75::double precision), ('0.95', 0.95::double precision)) as quantiles (quantile, q)
group by business_date, dimensions, quantile;
comment on view warehouse.kpi_web_vitals is 'Web vitals. How fast pages felt, as browsers measured it: milliseconds, CLS without a unit.';

create view warehouse.kpi_weekly_active_users as
select business_date, sum(entries)::bigint as value
from warehouse.kpi_total
where kpi = 'weekly_active_users' and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0;
comment on view warehouse.kpi_weekly_active_users is 'Weekly active users. People who did something in the 7 days that end with the day; bots left out, a visitor who logs in counts once.';
