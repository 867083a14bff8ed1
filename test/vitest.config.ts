import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    // `npm run test:faults` and `npm run test:year`, vitest.faults.config.ts.
    exclude: ['**/node_modules/**', 'test/*/long/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // As bin/millrace.mjs has it: Amazon's client need not say so in every worker.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
