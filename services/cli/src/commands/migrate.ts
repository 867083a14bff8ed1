import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { findDatabaseUrl } from '../database/use-database.ts'
import { ownDefinitions } from '../kpi/own-definitions.ts'

export function migrateCommand({ env, out }: CommandDeps): Command {
  return new Command('migrate')
    .description('Bring the database to this release: tables, KPI totals and views; new KPIs are filled in.')
    .option('--json', 'one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const databaseUrl = await findDatabaseUrl(env)
      const migrated = await migrateWarehouse({
        databaseUrl,
        timeZone: env.BUSINESS_TIME_ZONE || 'UTC',
        definitions: ownDefinitions(env),
      })
      if (json) return out(JSON.stringify(migrated))
      for (const file of migrated.migrations) out(`ran     ${file}`)
      for (const kpi of migrated.filled) out(`filled  ${kpi}`)
      if (migrated.migrations.length === 0 && !migrated.changed && migrated.filled.length === 0)
        out('up to date')
    })
}
