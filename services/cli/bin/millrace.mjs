#!/usr/bin/env node
// Needs only Node: the checks come before the first import of anything that is installed.
import { register as registerHooks } from 'node:module'
import { ensureInstalled } from './ensure-installed.mjs'

const OLDEST_NODE = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `Millrace needs Node ${OLDEST_NODE.join('.')} or later, this is ${process.versions.node}. See https://nodejs.org\n`,
  )
  process.exit(1)
}

try {
  await ensureInstalled()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

// Which versions of Node Millrace runs on is ours to say, not that of Amazon's client, once a process.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// Node 22.18 and later run TypeScript themselves.
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api')
  register()
}
registerHooks(new URL('./resolve-definitions.mjs', import.meta.url))
await import('../src/main.ts')
