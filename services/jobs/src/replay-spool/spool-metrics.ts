import { Counter, Gauge, type Registry } from 'prom-client'

/** What waits in the spool, and what became of it. */
export function createSpoolMetrics(registry: Registry) {
  const registers = [registry]
  const objects = new Gauge({
    name: 'millrace_spool_objects',
    help: 'Objects in the spool that wait for the log.',
    registers,
  })
  const oldestAge = new Gauge({
    name: 'millrace_spool_oldest_age_seconds',
    help: 'Since the oldest event was received that waits in the spool; 0 when none waits.',
    registers,
  })
  const replayed = new Counter({
    name: 'millrace_spool_replayed_records_total',
    help: 'Records of the spool that were published.',
    registers,
  })
  const setAside = new Counter({
    name: 'millrace_spool_set_aside_total',
    help: 'Objects of the spool that could not be read and were moved to spool-broken/.',
    registers,
  })
  return { objects, oldestAge, replayed, setAside }
}
