import { findContainerEngine } from './container-engine.ts'
import type { Environment, Offered, ServerChoice } from './offered-servers.ts'

/**
 * The server that the environment names, which is not ours to stop, else one in a container, where an engine answers,
 * else one from the registries.
 * @throws ServerMissing that says what to install.
 */
export async function openServer(choice: ServerChoice, env: Environment): Promise<Offered> {
  const address = choice.fromEnvironment(env)
  if (address) return { address, stop: async () => {} }
  const engine = await findContainerEngine()
  if (!engine) return choice.start()
  return choice.inContainer(engine).catch((error: Error) => {
    process.stderr.write(`test servers: ${engine} is of no help, going on without it: ${error.message}\n`)
    return choice.start()
  })
}
