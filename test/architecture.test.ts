import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { findViolations } from './support/architecture-rules.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE_FOLDERS = ['packages', 'services', 'test', 'docs']
const TOP_LEVEL = new Set([
  ...SOURCE_FOLDERS,
  'ops',
  'migrations',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'docker-compose.yml',
  'README.md',
  'LICENSE',
])
/** Made by tools and ignored by git. */
const MADE = /^(node_modules|coverage|.*\.log)$/
const SERVICES = new Set(['loader', 'board', 'ingest-api'])

const violations = (file: string, source: string): readonly string[] =>
  findViolations({ path: file, source }, SERVICES)

test('every source file keeps to the layout', async () => {
  const services = new Set(await readdir(path.join(ROOT, 'services')))
  const files = (await Promise.all(SOURCE_FOLDERS.map(sourceFiles))).flat()
  expect(files.length).toBeGreaterThan(50)
  const found = await Promise.all(
    files.map(async (file) =>
      findViolations({ path: file, source: await readFile(path.join(ROOT, file), 'utf8') }, services),
    ),
  )
  expect(found.flat()).toEqual([])
})

test('every package is in the import table', async () => {
  for (const name of await readdir(path.join(ROOT, 'packages'))) {
    expect(violations(`packages/${name}/src/a.ts`, `import '@millrace/${name}/b'`)).toEqual([])
  }
})

test('the top level holds what the layout names, and nothing else', async () => {
  const names = (await readdir(ROOT)).filter((name) => !name.startsWith('.') && !MADE.test(name))
  expect(names.filter((name) => !TOP_LEVEL.has(name))).toEqual([])
})

test.each([
  ['packages/scrub/src/a.ts', `import { x } from '@millrace/kpis/x'`],
  ['packages/scrub/src/a.ts', `import type { X } from '@millrace/kpis/x'`],
  ['packages/scrub/src/a.ts', `export { x } from '@millrace/kpis/x'`],
  ['packages/scrub/src/a.ts', `export const x = () => import('@millrace/kpis/x')`],
  ['packages/scrub/src/a.ts', `type X = import('@millrace/kpis/x').X`],
  ['packages/scrub/src/a.ts', `import { x } from '../../kpis/src/x.ts'`],
  ['packages/contracts/src/a.ts', `import express from 'express'`],
  ['packages/contracts/src/a.ts', `import { x } from '@millrace/runtime/x'`],
  ['packages/browser/src/a.ts', `import { x } from '@millrace/contracts/x'`],
  ['packages/unheard-of/src/a.ts', `import { x } from '@millrace/contracts/x'`],
  ['services/loader/src/a.ts', `import { x } from '@millrace/board/create-board'`],
  ['services/cli/src/up/a.ts', `import { x } from '@millrace/board/some-step'`],
  ['services/loader/src/a.ts', `import { x } from '@millrace/event-log/kafka'`],
  ['services/loader/src/run-loader.ts', `import { x } from '@millrace/event-log/kafka'`],
  ['services/loader/src/a.ts', `import { x } from '@millrace/event-log/open-log'`],
  ['services/loader/src/a.ts', 'export const x = process.env.X'],
  ['services/loader/src/a.ts', `export const x = process['env']`],
  ['services/loader/src/index.ts', ''],
  ['packages/scrub/src/utils/a.ts', ''],
])('%s may not: %s', (file, source) => {
  expect(violations(file, source)).toHaveLength(1)
})

test.each([
  ['packages/scrub/src/a.ts', `import { x } from '@millrace/contracts/x'\nimport isbot from 'isbot'`],
  [
    'packages/scrub/src/a.ts',
    `// import { x } from '@millrace/kpis/x'\nexport const x = "from '@millrace/kpis/x'"`,
  ],
  ['packages/warehouse/src/a.ts', `import { x } from '@millrace/kpis/x'`],
  ['packages/browser/src/a.ts', `import type { X } from '@millrace/contracts/x'`],
  ['packages/contracts/src/a.ts', `import { z } from 'zod'\nimport { x } from './x.ts'`],
  ['services/cli/src/main.ts', 'export const y = process.env.X'],
  ['services/loader/src/run-loader.ts', `import { x } from '@millrace/event-log/open-log'`],
  ['services/cli/src/up/a.ts', `import { x } from '@millrace/archive/open-archive'`],
  ['services/cli/src/up/a.ts', `import { x } from '@millrace/board/create-board'`],
  ['services/cli/src/up/a.ts', `import { x } from '@millrace/board/run-board'`],
  ['services/cli/src/up/a.ts', `import { x } from '@millrace/board/config'`],
  ['packages/scrub/src/a.test.ts', `import { x } from '../../../test/support/x.ts'`],
])('%s may: %s', (file, source) => {
  expect(violations(file, source)).toEqual([])
})

test('250 lines are the limit, but not for generated files and tests', () => {
  const lines = (count: number): string => 'export const x = 1\n'.repeat(count)
  expect(violations('packages/scrub/src/a.ts', lines(250))).toEqual([])
  expect(violations('packages/scrub/src/a.ts', lines(251))).toHaveLength(1)
  expect(violations('packages/scrub/src/generated/a.ts', lines(251))).toEqual([])
  expect(violations('packages/scrub/src/a.test.ts', lines(251))).toEqual([])
})

async function sourceFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !file.includes('node_modules/'))
}
