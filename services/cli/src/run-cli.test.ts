import { expect, test } from 'vitest'
import { runCommand } from '../../../test/support/run-command.ts'

test('--help lists every verb and is no error', async () => {
  const { code, out } = await runCommand(['--help'])
  expect(code).toBe(0)
  for (const verb of ['up', 'send', 'migrate', 'generate', 'kpi'])
    expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'))
})

test('without a verb the verbs are shown, and that is a usage error', async () => {
  const { code, notes } = await runCommand([])
  expect(code).toBe(2)
  expect(notes).toContain('Usage: millrace')
})

test.each([
  [['nonsense'], /unknown command 'nonsense'/],
  [['up', '--nonsense'], /unknown option '--nonsense'/],
  [['kpi', 'nonsense'], /unknown command 'nonsense'/],
])('%j is a usage error that says so', async (args, expected) => {
  const { code, out, notes } = await runCommand(args)
  expect(code).toBe(2)
  expect(notes).toMatch(expected)
  expect(out).toBe('')
})

test.each(['up', 'send', 'migrate', 'generate', 'kpi', 'quarantine'])(
  '%s has help of its own',
  async (verb) => {
    const { code, out } = await runCommand([verb, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: millrace ${verb}`)
  },
)

test('a wrong setting is one readable message without a stack, exit code 2', async () => {
  const { code, notes } = await runCommand(['up'], { INGEST_PORT: 'many' })
  expect(code).toBe(2)
  expect(notes).toContain('INGEST_PORT: expected a port')
  expect(notes).not.toMatch(/^ +at /m)
})

test.each([
  ['loader', { DATABSE_URL: 'postgresql://a@b/c' }, 'did you mean DATABASE_URL?'],
  ['up', { BIND_HOSTS: '::', INGEST_PORT: 'many' }, 'did you mean BIND_HOST?'],
])('%s whose settings are wrong tells of a misspelt one as well', async (verb, env, expected) => {
  const { code, notes } = await runCommand([verb], env)
  expect(code).toBe(2)
  expect(notes).toContain(expected)
})

test.each(['kpi show logins', 'reconcile', 'migrate'])(
  '%s is told no address of a database',
  async (verb) => {
    const { code, notes } = await runCommand(verb.split(' '), { DATABASE_URL: 'hunter2' })
    expect(code).toBe(2)
    expect(notes).toContain('DATABASE_URL: expected postgresql://user@host/database')
    expect(notes).not.toContain('hunter2')
  },
)

test('MILLRACE_DEBUG shows where it came from', async () => {
  const { notes } = await runCommand(['up'], { INGEST_PORT: 'many', MILLRACE_DEBUG: '1' })
  expect(notes).toMatch(/^ +at /m)
})
