import { nearestName } from '@millrace/contracts/nearest-name'
import { knownVariables } from './known-variables.ts'

const PREFIXES = [
  ...[
    'ARCHIVE_',
    'ARCHIVER_',
    'BOARD_',
    'CANARY_',
    'CONSENT_',
    'EXPORTER_',
    'HONOUR_',
    'INGEST_',
    'JOBS_',
    'KAFKA_',
    'KPI_',
  ],
  ...['LOADER_', 'LOG_', 'MILLRACE_', 'PRIVACY_', 'PSEUDONYM_', 'REDIS_', 'S3_', 'WRITE_'],
]

/** A short name of another system is too soon like one of ours. */
const LONG_ENOUGH = 9

/**
 * A sentence for each variable that is none of ours but looks as if it should be: it has one of our prefixes, or is a
 * letter or two away from a name of ours. Values are not repeated.
 */
export function misspeltVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: ReadonlySet<string> = knownVariables,
): readonly string[] {
  const said: string[] = []
  for (const [name, value] of Object.entries(env)) {
    if (!value || known.has(name) || isServiceLink(name, value)) continue
    const { nearest, distance } = nearestName(name, known)
    const hasPrefix = PREFIXES.some((prefix) => name.startsWith(prefix))
    const isNear = hasPrefix ? distance <= name.length / 3 : name.length >= LONG_ENOUGH && distance <= 2
    if (isNear) said.push(`${name} is not a setting: did you mean ${nearest}?`)
    else if (hasPrefix) said.push(`${name} is not a setting: --help lists them`)
  }
  return said
}

/** Kubernetes sets such variables for each of its services: BOARD_SERVICE_HOST, KAFKA_PORT=tcp://10.0.0.7:9092. */
function isServiceLink(name: string, value: string): boolean {
  return /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP)/.test(name) || /^(tcp|udp):\/\//.test(value)
}
