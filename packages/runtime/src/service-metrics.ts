import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry of a service's own metrics, with the process's CPU, memory and event-loop delay when asked for. */
export function createServiceMetrics({ process: withProcess = false } = {}): Registry {
  const registry = new Registry()
  if (withProcess) collectDefaultMetrics({ register: registry })
  return registry
}
