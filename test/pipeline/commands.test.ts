import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { WriteKeys } from '@millrace/contracts/write-key'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { type StartedUp, startUp } from '../support/start-up.ts'

const KEYS = WriteKeys.parse([
  { key: 'sk_server_of_commands', source: 'server', kind: 'secret' },
  { key: 'pk_web_of_commands', source: 'web', kind: 'public' },
])
const EVENT = { type: 'track', event: 'user_logged_in' }

let up: StartedUp
let folder: string
let dataDir: string
let file: string

beforeAll(async () => {
  folder = await makeDataFolder()
  dataDir = path.join(folder, 'data')
  file = path.join(folder, 'events.ndjson')
  const rows = [1, 2, 3].map((n) => ({ messageId: `c-${n}`, userId: `user-${n}`, ...EVENT }))
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'))
  up = await startUp(dataDir, KEYS, { ARCHIVE_FLUSH_SECONDS: '1' })
}, 120_000)

afterAll(async () => {
  await up.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a command in this process, where nothing is started for it. */
const run = (...args: string[]) => runCommand(args, { DATA_DIR: path.join(folder, 'none') })

/** Every command that has no commands of its own, found by its help. */
async function leaves(words: readonly string[] = []): Promise<string[]> {
  const { out } = await run(...words, '--help')
  const [, list = ''] = out.split('\nCommands:\n')
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name]) => name ?? [])
  const children = names.filter((name) => name !== 'help')
  if (children.length === 0) return [words.join(' ')]
  return (await Promise.all(children.map((name) => leaves([...words, name])))).flat()
}

/** Each command with the arguments that let it answer, and what it answers to --json. */
const JSON_ANSWERS: Readonly<Record<string, readonly [args: () => string[], answer: unknown]>> = {
  send: [() => [file], { rows: 3, events: 3, accepted: 3, rejected: 0 }],
  migrate: [() => [], { migrations: [] }],
  generate: [() => ['--check'], { stale: [] }],
  'kpi list': [
    () => [],
    expect.arrayContaining([expect.objectContaining({ name: 'logins', unit: 'count' })]),
  ],
  'kpi show': [() => ['logins'], [{ dimensions: {}, value: 3 }]],
  'kpi verify': [() => [], { differences: [] }],
  'experiment list': [() => [], []],
  reconcile: [() => [], { balanced: true }],
  compact: [() => [], { missing: 0 }],
  inventory: [() => [], []],
  'quarantine list': [() => [], []],
  'quarantine retry': [() => [], { published: [], still: [] }],
  erase: [() => ['--user-id', 'nobody'], { pseudonyms: 1, warehouse: { persons: 0 }, pending: [] }],
  doctor: [() => [], expect.arrayContaining([expect.objectContaining({ check: 'postgres', status: 'ok' })])],
}
/** They answer in lines, are running here already, or need more than is here: their own tests hold them. */
const OTHERWISE = [
  ...['up', 'ingest-api', 'archiver', 'loader', 'jobs', 'kpi-exporter', 'board'],
  ...['scrub', 'subject', 'replay', 'experiment show', 'queue list', 'queue retry', 'queue run'],
]

describe('while everything runs', () => {
  test('every command has help of its own and knows --json', async () => {
    const commands = await leaves()
    expect(commands.toSorted()).toEqual([...Object.keys(JSON_ANSWERS), ...OTHERWISE].toSorted())
    for (const command of commands) {
      const { code, out } = await run(...command.split(' '), '--help')
      expect(code, command).toBe(0)
      expect(out, command).toMatch(new RegExp(`^Usage: millrace ${command} \\[options\\]`))
      expect(out, command).toContain('--json')
    }
  })

  // One after the other: what is sent first is what the later ones show.
  for (const [command, [args, answer]] of Object.entries(JSON_ANSWERS)) {
    test(`${command} --json prints one JSON value and exits 0`, async () => {
      const ran = await up.millrace(...command.split(' '), ...args(), '--json')
      expect(ran.code, ran.stderr).toBe(0)
      expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1)
      expect(JSON.parse(ran.stdout)).toMatchObject(answer as object)
      await up.loaded()
    })
  }

  test('send --dry-run --json prints one array of events, and sends none of them', async () => {
    const ran = await up.millrace('send', file, '--dry-run', '--limit', '2', '--json')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject([{ messageId: 'c-1' }, { messageId: 'c-2' }])
  })

  test('scrub prints a JSON line for each line that it was given', async () => {
    const lines = path.join(folder, 'scrub.jsonl')
    const texts = [
      { id: 1, text_or_event: 'mail jane@example.org' },
      { id: 'b', text_or_event: { userId: 'u1', ...EVENT } },
    ]
    await writeFile(lines, texts.map((line) => JSON.stringify(line)).join('\n'))
    const ran = await up.millrace('scrub', lines, '--json')
    expect(ran.code, ran.stderr).toBe(0)
    const [text, event, ...rest] = ran.stdout.trimEnd().split('\n')
    expect(JSON.parse(text ?? '')).toEqual({ id: 1, output: 'mail [email]' })
    expect(JSON.parse(event ?? '')).toMatchObject({ id: 'b', output: { event: 'user_logged_in' } })
    expect(rest).toEqual([])
  })

  test('scrub needs no data folder: where there is none it makes one, with the key of later runs', async () => {
    const lines = path.join(folder, 'ids.jsonl')
    await writeFile(lines, JSON.stringify({ id: 1, text_or_event: { customer_id: 'c-1' } }))
    const { out: first } = await run('scrub', lines)
    expect(first).toMatch(/"customer_id":"[\da-f]{8}-/)
    expect((await run('scrub', lines)).out).toBe(first)
  })

  test.each([
    ['an unknown command', ['kpis'], /unknown command 'kpis'/],
    ['an unknown option', ['reconcile', '--fast'], /unknown option '--fast'/],
    ['an unknown KPI', ['kpi', 'show', 'profit'], /no KPI profit: expected one of .*orders/],
    ['an unknown KPI to verify', ['kpi', 'verify', 'profit'], /no KPI profit/],
    [
      'a dimension that the KPI has not',
      ['kpi', 'show', 'logins', '--by', 'shoe_size'],
      /no dimension shoe_size/,
    ],
    ['no KPI at all', ['kpi', 'show'], /missing required argument 'name'/],
    ['a day that is none', ['kpi', 'show', 'logins', '--from', '21.11.2026'], /Expected a day as yyyy-mm-dd/],
    [
      'a day that no month has',
      ['kpi', 'show', 'logins', '--to', '2026-02-30'],
      /Expected a day as yyyy-mm-dd/,
    ],
    ['the year 0', ['kpi', 'show', 'logins', '--from', '0000-01-01'], /Expected a day as yyyy-mm-dd/],
    [
      'days in the wrong order',
      ['kpi', 'show', 'logins', '--from', '2026-02-02', '--to', '2026-02-01'],
      /--from/,
    ],
    ['an id that is none', ['quarantine', 'list', '--id', '7'], /Expected a uuid/],
    ['a limit of nothing', ['quarantine', 'retry', '--limit', '0'], /whole number above 0/],
    ['no number of seconds', ['reconcile', '--wait', 'long'], /number of seconds/],
    ['an empty number of seconds', ['reconcile', '--wait', ''], /number of seconds/],
    ['a file that is not there', ['scrub', 'nothing.jsonl'], /There is no file nothing\.jsonl/],
    ['a file to send that is not there', ['send', 'nothing.ndjson'], /There is no file nothing\.ndjson/],
  ])(
    '%s is a usage error: exit 2, what was expected on stderr, nothing on stdout',
    async (_name, args, expected) => {
      const ran = await up.millrace(...args, '--json')
      expect(ran).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(expected) })
      expect(ran.stderr).not.toMatch(/^ +at /m)
    },
  )

  test('send without a port finds the up that runs on the folder', async () => {
    const summary = await up.ask<{ accepted: number }>('send', file)
    expect(summary.accepted).toBe(3)
  })

  test('doctor finds nothing to do', async () => {
    const ran = await up.millrace('doctor')
    expect(ran.code, ran.stdout).toBe(0)
    expect(ran.stdout).not.toContain('failed')
    for (const service of ['ingest-api', 'archiver', 'loader', 'kpi-exporter', 'board'])
      expect(ran.stdout).toMatch(new RegExp(`^ok +${service} +ready at http`, 'm'))
  })
})

describe('when something is wrong', () => {
  test('kpi verify finds a total that differs from the facts, says which and by how much, and exits 1', async () => {
    await up.query(`update warehouse.kpi_total set numerator = numerator + 7 where kpi = 'logins'`)
    const plain = await up.millrace('kpi', 'verify', 'logins')
    expect(plain.code).toBe(1)
    expect(plain.stdout).toMatch(/^logins \d{4}-\d\d-\d\d .*kept .*, the facts say /m)
    const { code, stdout } = await up.millrace('kpi', 'verify', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout).differences).toMatchObject([{ kpi: 'logins' }])
    await up.query(`update warehouse.kpi_total set numerator = numerator - 7 where kpi = 'logins'`)
    expect((await up.millrace('kpi', 'verify')).code).toBe(0)
  })

  test('reconcile names the offsets that an archive object held, and exits 1', async () => {
    const archive = path.join(dataDir, 'archive')
    const objects = (await readdir(archive, { recursive: true })).filter(
      (name) => name.includes('events.v1') && name.endsWith('.gz'),
    )
    const object = path.join(archive, objects[0] ?? '')
    await rename(object, path.join(folder, 'object'))
    const plain = await up.millrace('reconcile', '--wait', '1')
    expect(plain.code).toBe(1)
    expect(plain.stdout).toMatch(/^events\.v1\/\d offsets? \d+.*: missing in the archive$/m)
    expect(plain.stdout).toContain('NOT balanced')
    const { code, stdout } = await up.millrace('reconcile', '--wait', '1', '--json')
    expect(code).toBe(1)
    const { balanced, partitions } = JSON.parse(stdout)
    expect(balanced).toBe(false)
    expect(
      partitions.flatMap(({ archived }: { archived: { missing: object[] } }) => archived.missing),
    ).toHaveLength(1)
    await rename(path.join(folder, 'object'), object)
    expect((await up.millrace('reconcile')).code).toBe(0)
  })

  test('a write key that the API does not know ends a sending with advice and exit code 1', async () => {
    const refused = await up.millrace('send', file, '--key', 'sk_of_nobody', '--json')
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout).stopped).toContain('the write key is missing or unknown')
  })

  test('when everything is stopped doctor says how to start it, and no command hangs or shows a stack', async () => {
    await up.stop()
    expect(await readdir(dataDir)).not.toContain('addresses.json')
    const doctor = await up.millrace('doctor', '--json')
    expect(doctor.code).toBe(1)
    const findings = JSON.parse(doctor.stdout)
    expect(findings).toContainEqual({
      check: 'postgres',
      status: 'failed',
      detail: expect.stringContaining('npm start'),
    })
    expect(findings).toContainEqual(expect.objectContaining({ check: 'ingest-api', status: 'failed' }))
    for (const command of [
      'migrate',
      'kpi show logins',
      'kpi verify',
      'reconcile',
      'quarantine list',
      'quarantine retry',
    ]) {
      const ran = await up.millrace(...command.split(' '), '--json')
      expect(ran, command).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('npm start') })
    }
    const sent = await up.millrace('send', file, '--give-up-after', '0', '--json')
    expect(sent.code).toBe(1)
    expect(JSON.parse(sent.stdout).stopped).toMatch(/Is it running\? Start it with `npm start`, or set --url/)
  }, 120_000)
})
