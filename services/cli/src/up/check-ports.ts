import { createServer } from 'node:net'
import { Fault } from '@millrace/contracts/fault'
import { SERVICE_PORTS } from '../service-ports.ts'
import type { Config } from './config.ts'

const PORTS = Object.values(SERVICE_PORTS)

/** @throws Fault `config_invalid` that names each variable whose port cannot be had, before anything has started. */
export async function checkPorts(config: Config): Promise<void> {
  const problems: string[] = []
  for (const name of PORTS) {
    const problem = sharedPort(config, name) ?? (await portProblem(config[name], config.BIND_HOST))
    if (problem) problems.push(`  ${name}: ${problem}`)
  }
  if (problems.length === 0) return
  throw new Fault(
    'config_invalid',
    `These ports cannot be had. Stop what uses them, or set the variables to others:\n${problems.join('\n')}`,
  )
}

function sharedPort(config: Config, name: (typeof PORTS)[number]): string | undefined {
  const other = PORTS.slice(0, PORTS.indexOf(name)).find((earlier) => config[earlier] === config[name])
  return other && config[name] !== 0 ? `${config[name]} is also that of ${other}` : undefined
}

function portProblem(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve(
        code === 'EADDRINUSE' ? `${port} is in use on ${host}` : `${port} on ${host}: ${code ?? message}`,
      ),
    )
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
