import type { ServerNode } from './server-node.ts'

/** Starts a server of one process; returns what ends it and removes its folder. One that does not start leaves nothing. */
export async function startNode(node: ServerNode, remove: () => Promise<void>): Promise<() => Promise<void>> {
  const stop = async (): Promise<void> => {
    await node.kill()
    await remove()
  }
  try {
    await node.start()
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}
