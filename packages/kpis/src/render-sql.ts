import type { FactTable } from '@millrace/contracts/fact-columns'
import { isDerived, type Kpi, type StoredKpi } from './kpi.ts'
import { kpiView } from './sql/kpi-view.ts'
import { quote } from './sql/quote.ts'
import { totalTriggers } from './sql/total-triggers.ts'

const HEADER = `-- Generated from packages/kpis by \`npm run generate\`. Do not edit: change the definition and generate again.
`

/** The SQL that keeps and shows the given KPIs: a trigger function a fact table, a view a KPI. Safe to repeat. */
export function renderSql(kpis: readonly Kpi[]): string {
  return [HEADER, renderTriggers(kpis), renderViews(kpis)].join('\n')
}

/**
 * Triggers are replaced where they stand: dropping one would wait for whoever reads its table. Only where no KPI is left
 * are they dropped.
 */
export function renderTriggers(kpis: readonly Kpi[]): string {
  const byTable = new Map<FactTable, StoredKpi[]>()
  for (const kpi of kpis) {
    if (isDerived(kpi)) continue
    byTable.set(kpi.from, [...(byTable.get(kpi.from) ?? []), kpi])
  }
  const tables = [...byTable].sort(([a], [b]) => (a < b ? -1 : 1))
  const triggers = tables.map(([table, own]) => totalTriggers(table, own))
  return [dropTriggersExceptOn(tables.map(([table]) => table)), ...triggers].join('\n')
}

function dropTriggersExceptOn(tables: readonly FactTable[]): string {
  return `do $$
declare
  old record;
begin
  for old in
    select tgname, tgrelid::regclass as relation from pg_trigger
    where tgname like 'kpi\\_totals\\_%' and not tgisinternal and tgparentid = 0
      and tgrelid <> all (array[${tables.map((table) => quote(`warehouse.${table}`)).join(', ')}]::regclass[])
  loop
    execute format('drop trigger %I on %s', old.tgname, old.relation);
  end loop;
end $$;
`
}

/** What an earlier generation left is replaced whole. */
export function renderViews(kpis: readonly Kpi[]): string {
  return [DROP_VIEWS, ...kpis.map(kpiView)].join('\n')
}

const DROP_VIEWS = `do $$
declare
  old record;
begin
  for old in select viewname from pg_views where schemaname = 'warehouse' and viewname like 'kpi\\_%' loop
    execute format('drop view warehouse.%I', old.viewname);
  end loop;
end $$;
`
