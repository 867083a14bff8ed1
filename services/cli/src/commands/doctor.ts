import path from 'node:path'
import { readConfig } from '@millrace/runtime/read-config'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { findDatabaseUrl } from '../database/use-database.ts'
import { checkDatabase } from '../doctor/check-database.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import { checkServices } from '../doctor/check-services.ts'
import { printTable } from '../print-table.ts'
import { Config } from '../up/config.ts'

export function doctorCommand({ env, out, exitWith, now }: CommandDeps): Command {
  return new Command('doctor')
    .description('Check the machine, the database and the services, and say what to do about what is wrong.')
    .option('--json', 'one JSON array of { check, status, detail }')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readConfig(Config, env)
      const databaseUrl = await findDatabaseUrl(env).catch(() => undefined)
      const findings = [
        ...(await checkMachine(path.resolve(config.DATA_DIR))),
        ...(await checkDatabase({ databaseUrl, timeZone: config.BUSINESS_TIME_ZONE, now })),
        ...(await checkServices(urlsOf(config), fetch)),
      ]
      if (findings.some(({ status }) => status === 'failed')) exitWith(1)
      if (json) out(JSON.stringify(findings))
      else
        printTable(
          findings.map(({ check, status, detail }) => [status.padEnd(7), check, detail]),
          out,
        )
    })
}

function urlsOf(config: Config): Record<string, string> {
  const ports = {
    'ingest-api': config.INGEST_PORT,
    archiver: config.ARCHIVER_PORT,
    loader: config.LOADER_PORT,
    'kpi-exporter': config.EXPORTER_PORT,
    board: config.BOARD_PORT,
  }
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, `http://${config.BIND_HOST}:${port}`]),
  )
}
