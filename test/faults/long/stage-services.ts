import path from 'node:path'
import { SERVICE_PORTS } from '@millrace/cli/service-ports'
import { ROOT } from '../../support/run-program.ts'
import { freePorts } from '../../support/servers/free-ports.ts'
import { createServerNode, type ServerNode } from '../../support/servers/server-node.ts'

/** The services of a stage, and how many processes of each: two of those that may be several. */
const SERVICES = { 'ingest-api': 2, archiver: 2, loader: 2, jobs: 2, 'kpi-exporter': 1 } as const

export type ServiceName = keyof typeof SERVICES

export interface ServiceNode {
  readonly node: ServerNode
  /** As `http://127.0.0.1:21234`. */
  readonly url: string
}

export type ServiceNodes = Readonly<Record<ServiceName, readonly ServiceNode[]>>

const CLI = path.join(ROOT, 'services/cli/bin/millrace.mjs')

/** Each service as a process of its own, not started yet. What they write is kept in the folder. */
export async function createServiceNodes(
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<ServiceNodes> {
  const names = Object.keys(SERVICES) as ServiceName[]
  const entries = names.map(async (name) => {
    const ports = await freePorts(SERVICES[name])
    const nodes = ports.map((chosen, index) => ({
      url: `http://127.0.0.1:${chosen}`,
      node: createServerNode({
        title: `${name} ${index + 1}`,
        command: [process.execPath, CLI, name],
        env: { ...env, [SERVICE_PORTS[name]]: String(chosen) },
        cwd: folder,
        log: path.join(folder, `${name}-${index + 1}.log`),
        // Live, not ready: what it needs may be away just now.
        isReady: async () => (await fetch(`http://127.0.0.1:${chosen}/health/live`)).ok,
      }),
    }))
    return [name, nodes] as const
  })
  return Object.fromEntries(await Promise.all(entries)) as unknown as ServiceNodes
}
