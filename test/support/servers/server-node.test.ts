import { access } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createServerNode } from './server-node.ts'
import { startNode } from './start-node.ts'
import { openFolder } from './temporary-folder.ts'

async function nodeThat(script: string) {
  const { folder, remove } = await openFolder('node')
  onTestFinished(remove)
  const node = createServerNode({
    title: 'Thing',
    command: [process.execPath, '-e', script],
    cwd: folder,
    log: path.join(folder, 'thing.log'),
    isReady: () =>
      access(path.join(folder, 'ready')).then(
        () => true,
        () => false,
      ),
  })
  return { node, folder, remove }
}

const SERVES = `require('node:fs').writeFileSync('ready', ''); setInterval(() => {}, 1000)`

test('a server that ends while it starts is told with its last words, and leaves nothing', async () => {
  const { node, folder, remove } = await nodeThat(`console.log('no room for it'); process.exit(1)`)
  await expect(startNode(node, remove)).rejects.toThrow(/^Thing ended while it started.*no room for it/s)
  await expect(access(folder)).rejects.toThrow('ENOENT')
})

test('a server that was killed before is stopped without complaint', async () => {
  const { node, folder, remove } = await nodeThat(SERVES)
  const stop = await startNode(node, remove)
  await node.kill()
  await stop()
  await expect(access(folder)).rejects.toThrow('ENOENT')
})
