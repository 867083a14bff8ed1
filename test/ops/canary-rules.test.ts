import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { installPromtool } from '../support/servers/install-prometheus.ts'
import { describeWith } from '../support/servers.ts'

const TESTS = fileURLToPath(new URL('../../ops/prometheus/tests/canary.test.yml', import.meta.url))

await describeWith(installPromtool, 'promtool', (promtool) => {
  test('the alerts of the canary fire when it is kept, not looked for or not sent, and only then', async () => {
    const { stdout } = await promisify(execFile)(promtool, ['test', 'rules', TESTS])
    expect(stdout).toContain('SUCCESS')
  })
})
