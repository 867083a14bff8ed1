import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * `npm run test:faults`, `npm run test:year`: what takes long, one after the other, so that a fault or a measurement has
 * the machine to itself.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/*/long/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // As bin/millrace.mjs has it: Amazon's client need not say so in every worker.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
})
