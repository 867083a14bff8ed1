import type { FactTable } from '@millrace/contracts/fact-columns'
import { isDerived, type Kpi, type StoredKpi } from './define-kpi.ts'
import { kpiView } from './sql/kpi-view.ts'
import { totalTriggers } from './sql/total-triggers.ts'

const HEADER = `-- Generated from packages/kpis by \`npm run generate\`. Do not edit: change the definition and generate again.

-- What an earlier generation left is replaced whole.
do $$
declare
  old record;
begin
  for old in
    select tgname, tgrelid::regclass as relation from pg_trigger
    where tgname like 'kpi\\_totals\\_%' and not tgisinternal and tgparentid = 0
  loop
    execute format('drop trigger %I on %s', old.tgname, old.relation);
  end loop;
  for old in select viewname from pg_views where schemaname = 'warehouse' and viewname like 'kpi\\_%' loop
    execute format('drop view warehouse.%I', old.viewname);
  end loop;
end $$;
`

/** The SQL that keeps and shows the given KPIs: a trigger function a fact table, a view a KPI. Safe to repeat. */
export function renderSql(kpis: readonly Kpi[]): string {
  const byTable = new Map<FactTable, StoredKpi[]>()
  for (const kpi of kpis) {
    if (isDerived(kpi)) continue
    byTable.set(kpi.from, [...(byTable.get(kpi.from) ?? []), kpi])
  }
  const triggers = [...byTable]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([table, own]) => totalTriggers(table, own))
  return [HEADER, ...triggers, ...kpis.map(kpiView)].join('\n')
}
