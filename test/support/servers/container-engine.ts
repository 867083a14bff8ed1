import { randomBytes } from 'node:crypto'
import { guard } from './guard.ts'
import { runInstaller } from './run-installer.ts'
import { untilReady } from './until-ready.ts'

/** A server as a container: one port, the same inside and outside. */
export interface ContainerOptions {
  readonly title: string
  /** With its tag. */
  readonly image: string
  readonly port: number
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  isReady(): Promise<boolean>
}

export interface StartedContainer {
  stop(): Promise<void>
}

/** `docker` or `podman`, if one of them answers: that its program is installed says nothing. */
export async function findContainerEngine(): Promise<string | undefined> {
  for (const engine of ['docker', 'podman']) {
    const answers = await runInstaller(engine, ['info'], { timeoutMs: 5_000 }).then(
      () => true,
      () => false,
    )
    if (answers) return engine
  }
  return undefined
}

/** Fetches the image when it is missing, and resolves when the server answers. */
export async function startContainer(engine: string, options: ContainerOptions): Promise<StartedContainer> {
  const { title, image, port, env = {}, args = [] } = options
  const name = `millrace-test-${randomBytes(6).toString('hex')}`
  const remove = ['rm', '--force', '--volumes', name]
  const fetched = await runInstaller(engine, ['image', 'inspect', image]).catch(() => undefined)
  if (fetched === undefined) {
    process.stderr.write(`test servers: fetching image ${image} with ${engine}\n`)
    await runInstaller(engine, ['pull', '--quiet', image])
  }
  const release = guard({ command: [engine, ...remove] })
  const stop = async (): Promise<void> => {
    await runInstaller(engine, remove)
    release()
  }
  const settings = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`])
  const publish = ['--publish', `127.0.0.1:${port}:${port}`]
  try {
    await runInstaller(engine, ['run', '--detach', '--name', name, ...publish, ...settings, image, ...args])
    await untilReady({
      title,
      isReady: options.isReady,
      hasEnded: async () =>
        (await runInstaller(engine, ['inspect', '--format', '{{.State.Running}}', name])).trim() !== 'true',
      // The program's own words come on either stream; the engine gives them as it got them.
      lastWords: () => runInstaller(engine, ['logs', '--tail', '15', name]),
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}
