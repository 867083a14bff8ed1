import path from 'node:path'
import { readConfig } from '@millrace/runtime/read-config'
import { Command } from 'commander'
import { readAddresses } from '../addresses.ts'
import type { CommandDeps } from '../command-deps.ts'
import { findDatabaseUrl } from '../database/use-database.ts'
import { checkCanary } from '../doctor/check-canary.ts'
import { checkDatabase } from '../doctor/check-database.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import { checkParts } from '../doctor/check-parts.ts'
import { checkPseudonymKey } from '../doctor/check-pseudonym-key.ts'
import { checkServices } from '../doctor/check-services.ts'
import { printTable } from '../print-table.ts'
import { reachableUrl } from '../reachable-url.ts'
import { Config } from '../up/config.ts'

export function doctorCommand({ env, out, exitWith, now }: CommandDeps): Command {
  return new Command('doctor')
    .description('Check the machine, the database and the services, and say what to do about what is wrong.')
    .option('--json', 'one JSON array of { check, status, detail }')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readConfig(Config, env)
      const dataDir = path.resolve(config.DATA_DIR)
      const { BUSINESS_TIME_ZONE: timeZone, MILLRACE_DEFINITIONS: definitions } = config
      const databaseUrl = await findDatabaseUrl(env).catch(() => undefined)
      const findings = [
        ...(await checkMachine(dataDir)),
        ...(await checkDatabase({ databaseUrl, timeZone, definitions, now })),
        ...(await checkCanary({ databaseUrl, now })),
        ...(await checkParts(config)),
        await checkPseudonymKey(config, dataDir),
        ...(await checkServices(await serviceUrls(config, dataDir), fetch)),
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

/** Those of the `millrace up` that runs on the data folder, else where the settings put them. */
async function serviceUrls(config: Config, dataDir: string): Promise<Record<string, string>> {
  const running = await readAddresses(dataDir)
  const at = (port: number): string => reachableUrl(`http://${config.BIND_HOST}:${port}`)
  return {
    'ingest-api': running?.api ?? at(config.INGEST_PORT),
    archiver: running?.archiver ?? at(config.ARCHIVER_PORT),
    loader: running?.loader ?? at(config.LOADER_PORT),
    jobs: running?.jobs ?? at(config.JOBS_PORT),
    'kpi-exporter': running?.exporter ?? at(config.EXPORTER_PORT),
    board: running?.board ?? at(config.BOARD_PORT),
  }
}
