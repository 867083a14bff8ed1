import type { WriteKey } from '@millrace/contracts/write-key'
import type { ServiceUrls } from './start-services.ts'

export interface UpFacts {
  readonly urls: ServiceUrls
  /** Undefined where the database is not ours to let people in. */
  readonly analystUrl: string | undefined
  readonly dataDir: string
  /** A folder or a bucket. */
  readonly archive: string
  readonly keys: readonly WriteKey[]
}

/** What `--json` prints: one object, as documented in the README. */
export function upAsJson({
  urls,
  analystUrl,
  dataDir,
  archive,
  keys,
}: UpFacts): Readonly<Record<string, unknown>> {
  return {
    ...urls,
    ...(analystUrl ? { postgres: analystUrl } : {}),
    dataDir,
    archive,
    keys: keys.map(({ key, source, kind }) => ({ key, source, kind })),
  }
}

/** Addresses, keys and a first event, as lines for the terminal. */
export function describeUp(facts: UpFacts, firstEvent: string): readonly string[] {
  const { urls, analystUrl, archive, keys } = facts
  return [
    '',
    'Millrace is ready.',
    '',
    ...table([
      ['API', `${urls.api}/v1/events`],
      ['API docs', `${urls.api}/docs`],
      ['Board', urls.board],
      ['KPI metrics', `${urls.exporter}/metrics`],
      ['Archive', archive],
      ...(analystUrl ? [['SQL, read only', analystUrl] as const] : []),
    ]),
    '',
    ...table(keys.map(({ key, source, kind }) => [`${USE[kind]}, source ${source}`, key])),
    '',
    'A first event:',
    '',
    firstEvent,
    '',
    'Ctrl-C stops everything; the data stay.',
  ]
}

const USE = { secret: 'Secret key for servers', public: 'Public key for browsers' }

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}
