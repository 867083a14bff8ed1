import { expect, test } from 'vitest'
import { runCli } from './run-cli.ts'

const run = async (args: readonly string[], env: Record<string, string> = {}) => {
  const lines: string[] = []
  const notes: string[] = []
  let code = 0
  await runCli(args, {
    env,
    out: (line) => lines.push(line),
    note: (line) => notes.push(line),
    exitWith: (given) => {
      code = given
    },
    now: () => new Date(),
  })
  return { code, out: lines.join('\n'), notes: notes.join('\n') }
}

test('--help lists every verb and is no error', async () => {
  const { code, out } = await run(['--help'])
  expect(code).toBe(0)
  for (const verb of ['up', 'send', 'migrate', 'generate', 'kpi'])
    expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'))
})

test('without a verb the verbs are shown, and that is a usage error', async () => {
  const { code, notes } = await run([])
  expect(code).toBe(2)
  expect(notes).toContain('Usage: millrace')
})

test.each([
  [['nonsense'], /unknown command 'nonsense'/],
  [['up', '--nonsense'], /unknown option '--nonsense'/],
  [['kpi', 'nonsense'], /unknown command 'nonsense'/],
])('%j is a usage error that says so', async (args, expected) => {
  const { code, out, notes } = await run(args)
  expect(code).toBe(2)
  expect(notes).toMatch(expected)
  expect(out).toBe('')
})

test.each(['up', 'send', 'migrate', 'generate', 'kpi', 'quarantine'])(
  '%s has help of its own',
  async (verb) => {
    const { code, out } = await run([verb, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: millrace ${verb}`)
  },
)

test('a wrong setting is one readable message without a stack, exit code 2', async () => {
  const { code, notes } = await run(['up'], { INGEST_PORT: 'many' })
  expect(code).toBe(2)
  expect(notes).toContain('INGEST_PORT: expected a port')
  expect(notes).not.toMatch(/^ +at /m)
})

test('MILLRACE_DEBUG shows where it came from', async () => {
  const { notes } = await run(['up'], { INGEST_PORT: 'many', MILLRACE_DEBUG: '1' })
  expect(notes).toMatch(/^ +at /m)
})
