// `npm test`: needs only Node. Installs when needed, runs every check, ends with "N passed, N failed".
// `npm test -- <words>` runs only the vitest files whose path holds one of the words.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureInstalled, ROOT } from '../services/cli/bin/ensure-installed.mjs'

const CHECKS = [
  { name: 'biome: format, lint, imports', command: ['node_modules/.bin/biome', 'check', '.'] },
  { name: 'knip: dead files, exports, dependencies', command: ['node_modules/.bin/knip', '--no-progress'] },
  { name: 'tsc: types', command: ['node_modules/.bin/tsc', '-p', '.'] },
  {
    name: 'generate --check: generated files are fresh',
    command: [process.execPath, 'services/cli/bin/millrace.mjs', 'generate', '--check'],
  },
]

const say = (line) => process.stdout.write(`${line}\n`)
const filters = process.argv.slice(2)
let running
let stopped = false
// After Ctrl-C the step, which gets it too, ends by itself, and no other begins.
process.on('SIGINT', () => {
  stopped = true
})
// These come to us alone; a vitest that is left behind would go on to its end, with all its servers.
for (const signal of ['SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    stopped = true
    running?.kill(signal)
  })
let passed = 0
let failed = 0

try {
  await ensureInstalled({ dev: true, say })
  for (const check of filters.length === 0 ? CHECKS : []) if (!stopped) await runCheck(check)
  if (!stopped) await runVitest()
} catch (error) {
  failed += 1
  say(`✗ ${error.message}`)
}
if (stopped) {
  failed += 1
  say('✗ stopped before the end')
} else if (passed + failed === 0) {
  failed = 1
  say('✗ no test ran')
}
process.exitCode = failed > 0 ? 1 : 0
say(`${passed} passed, ${failed} failed`)

async function runCheck({ name, command }) {
  const started = Date.now()
  const { code, output } = await run(command, 'pipe')
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  if (code === 0) {
    passed += 1
    say(`✓ ${name} (${seconds} s)`)
  } else {
    failed += 1
    say(`✗ ${name} (${seconds} s)\n${output.trimEnd()}\n`)
  }
}

async function runVitest() {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-report-'))
  const report = path.join(folder, 'vitest.json')
  const started = Date.now()
  try {
    const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const vitest = ['node_modules/.bin/vitest', 'run', '-c', 'test/vitest.config.ts', ...options, ...filters]
    const { code } = await run(vitest, 'inherit')
    const counted = countTests(JSON.parse(await readFile(report, 'utf8').catch(() => '{}')))
    passed += counted.passed
    // A run that fails without a failing test (an error between tests, no test found) is a failure too.
    failed += counted.failed === 0 && code !== 0 ? 1 : counted.failed
    const mark = counted.failed === 0 && code === 0 ? '✓' : '✗'
    say(`${mark} vitest (${((Date.now() - started) / 1000).toFixed(1)} s)`)
    for (const name of counted.failures) say(`  ✗ ${name}`)
    for (const name of counted.skipped) say(`  ○ ${name}`)
    if (counted.skipped.length > 0) say(`${counted.skipped.length} skipped`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function countTests({ testResults = [] }) {
  const tests = testResults.flatMap((file) =>
    file.assertionResults.map((test) => ({
      status: test.status,
      name: `${shown(file.name)}: ${test.fullName}`,
    })),
  )
  // A file that could not be loaded has no tests to count.
  const broken = testResults
    .filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
    )
    .map((file) => `${shown(file.name)}: could not run`)
  const named = (...statuses) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ name }) => name)
  const failures = [...named('failed'), ...broken]
  return {
    passed: named('passed').length,
    failed: failures.length,
    failures,
    skipped: named('skipped', 'pending', 'todo', 'disabled'),
  }
}

function shown(file) {
  return path.relative(ROOT, file)
}

function run([command, ...args], stdio) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', stdio, stdio] })
    running = child
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
