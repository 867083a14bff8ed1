import type { FactTable } from '@millrace/contracts/fact-columns'
import type { StoredKpi } from '../kpi.ts'
import { contributions } from './contributions.ts'
import { personDayChanges } from './person-day-changes.ts'

type Verb = 'insert' | 'update' | 'delete'

/**
 * The trigger function of one fact table and its three triggers, one a verb (transition tables allow neither several
 * verbs nor a column list). Statement-level: a batch costs one pass, however many rows it has.
 */
export function totalTriggers(table: FactTable, kpis: readonly StoredKpi[]): string {
  const name = `warehouse.${table}_totals`
  return `create or replace function ${name}() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if warehouse.totals_stay() then
    return null;
  elsif tg_op = 'INSERT' then
${indent(addToTotals(changesOf(kpis, 'insert')), 4)}
  elsif tg_op = 'UPDATE' then
${indent(addToTotals(changesOf(kpis, 'update')), 4)}
  else
${indent(addToTotals(changesOf(kpis, 'delete')), 4)}
  end if;
  return null;
end $$;

create or replace trigger kpi_totals_insert after insert on warehouse.${table}
  referencing new table as new_rows for each statement execute function ${name}();
create or replace trigger kpi_totals_update after update on warehouse.${table}
  referencing old table as old_rows new table as new_rows for each statement execute function ${name}();
create or replace trigger kpi_totals_delete after delete on warehouse.${table}
  referencing old table as old_rows for each statement execute function ${name}();
`
}

function changesOf(kpis: readonly StoredKpi[], verb: Verb): string {
  const people = kpis.filter((kpi) => kpi.measure.kind === 'distinct_people')
  const others = kpis.filter((kpi) => kpi.measure.kind !== 'distinct_people')
  const changes = others.flatMap((kpi) => [
    ...(verb === 'insert' ? [] : [contributions(kpi, { relation: 'old_rows', sign: -1 })]),
    ...(verb === 'delete' ? [] : [contributions(kpi, { relation: 'new_rows' })]),
  ])
  if (people.length > 0) changes.push(personDayChanges(people, verb))
  return changes.join('\nunion all\n')
}

/** What was filled in from the facts, or put right by them, stands in a shard of its own. */
export const FILL_SHARD = '-2'

/** Rows sorted by key, so that two writers of one shard never wait for each other in a circle. */
export function addToTotals(changes: string, shard = '(select warehouse.total_shard())'): string {
  return `insert into warehouse.kpi_total as total
  (kpi, business_date, hour, dimensions, bucket, shard, entries, numerator, denominator)
select kpi, business_date, hour, dimensions, bucket, ${shard}, sum(entries), sum(numerator), sum(denominator)
from (
${indent(changes, 2)}
) as change
group by kpi, business_date, hour, dimensions, bucket
having sum(entries) <> 0 or sum(numerator) <> 0 or sum(denominator) <> 0
order by kpi, business_date, hour, dimensions, bucket
on conflict (kpi, business_date, hour, dimensions, bucket, shard) do update set
  entries = total.entries + excluded.entries,
  numerator = total.numerator + excluded.numerator,
  denominator = total.denominator + excluded.denominator;`
}

function indent(sql: string, spaces: number): string {
  return sql.replaceAll(/^(?=.)/gm, ' '.repeat(spaces))
}
