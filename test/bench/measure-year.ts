import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createFileSender } from '@millrace/cli/send/send-file'
import { readRecountAnswers } from '../support/recount-answers.ts'
import { peakBytes, watch } from './process-stats.ts'
import { type Measured, megabytes, type Section } from './report.ts'
import { query, type RunningUp, runUp } from './run-up.ts'

const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))
const SCRAPES = 50

/**
 * The shop's year against a fresh `millrace up`: from the first POST until every event is loaded, then scrapes of the
 * KPIs with the year behind them. Sender, services and Postgres share the machine.
 * @throws when a total is not what the recount says: a wrong number has no speed.
 */
export async function measureYear(file: string): Promise<readonly Section[]> {
  const up = await runUp()
  try {
    const year = await sendYear(up, file)
    await checkTotals(up)
    return [
      { title: "A shop's year, end to end (541,909 invoice lines as 30,238 events)", measured: year },
      { title: 'KPI metrics with that year behind them', measured: await scrape(up) },
    ]
  } finally {
    await up.stop()
  }
}

async function sendYear(up: RunningUp, file: string): Promise<readonly Measured[]> {
  // Postgres is a child of the process of the services.
  const services = watch(up.pid, { tree: false })
  const postgres = watch(up.postmasterPid, { tree: true })
  const senderCpu = process.cpuUsage()
  let firstPost: number | undefined
  const sendFile = createFileSender({
    fetch: (...request) => {
      firstPost ??= performance.now()
      return fetch(...request)
    },
    now: () => new Date(),
    sleep: (ms) => sleep(ms),
    random: Math.random,
    progress: { update: () => undefined, waiting: () => undefined, stop: () => undefined },
  })
  const { events, accepted } = await sendFile({
    file,
    map: MAP,
    url: up.api,
    key: up.secretKey,
    batchSize: 500,
    concurrency: 4,
    firstAnswerMs: 60_000,
    giveUpAfterMs: 60_000,
  })
  if (accepted !== events) throw new Error(`${events - accepted} of ${events} events were not accepted`)
  const sent = performance.now()
  const sender = process.cpuUsage(senderCpu)
  await loaded(up, events)
  const seconds = (performance.now() - (firstPost ?? sent)) / 1000
  const [served, stored] = [services.stop(), postgres.stop()]
  return [
    { what: 'first POST until all loaded', value: seconds, unit: 's' },
    { what: 'throughput', value: events / seconds, unit: 'events/s' },
    { what: 'of that, until all accepted', value: (sent - (firstPost ?? sent)) / 1000, unit: 's' },
    {
      what: 'CPU of the sender (reading and mapping)',
      value: (sender.user + sender.system) / 1e6,
      unit: 's',
    },
    { what: 'CPU of the services', value: served.cpuSeconds, unit: 's' },
    { what: 'CPU of Postgres', value: stored.cpuSeconds, unit: 's' },
    {
      what: 'throughput a core that services and Postgres used',
      value: events / (served.cpuSeconds + stored.cpuSeconds),
      unit: 'events/s',
    },
    { what: 'peak memory of the services', value: megabytes(peakBytes(up.pid)), unit: 'MB' },
    { what: 'peak memory of Postgres, shared pages once', value: megabytes(stored.mostBytes), unit: 'MB' },
  ]
}

async function loaded({ loader }: RunningUp, events: number): Promise<void> {
  for (let tries = 0; tries < 6_000; tries++) {
    const metrics = await (await fetch(`${loader}/metrics`)).text()
    const handled = [...metrics.matchAll(/^millrace_loader_records_total\{.*\} (\d+)$/gm)]
    if (handled.reduce((sum, [, count]) => sum + Number(count), 0) >= events) return
    await sleep(100)
  }
  throw new Error(`the loader did not handle ${events} events within 10 minutes`)
}

async function checkTotals(up: RunningUp): Promise<void> {
  const { totals } = await readRecountAnswers()
  const [row] = await query<{ orders: string; gross: string; refunds: string; active: string }>(
    up.postgres,
    `select sum(entries) filter (where kpi = 'orders') as orders,
       sum(numerator) filter (where kpi = 'revenue_gross') as gross,
       sum(numerator) filter (where kpi = 'revenue_refunds') as refunds,
       sum(entries) filter (where kpi = 'daily_active_users') as active
     from warehouse.kpi_total`,
  )
  const found = [row.orders, row.gross, row.refunds, row.active].map(Number)
  const expected = [totals.orders, totals.grossPence, totals.refundsPence, totals.dau]
  if (found.join() !== expected.join()) throw new Error(`expected totals ${expected}, found ${found}`)
}

async function scrape({ exporter }: RunningUp): Promise<readonly Measured[]> {
  const times: number[] = []
  let text = ''
  for (let n = 0; n < SCRAPES; n++) {
    const started = performance.now()
    text = await (await fetch(`${exporter}/metrics`)).text()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? 0
  return [
    { what: 'scrape, median', value: at(0.5), unit: 'ms' },
    { what: 'scrape, 95 of 100 within', value: at(0.95), unit: 'ms' },
    {
      what: 'series',
      value: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
      unit: '',
    },
  ]
}
