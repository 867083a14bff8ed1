import type { ScrubAny } from './scrub-peers.ts'

const ROUNDS = 9
const WARM_UP = 3
/** Shorter goes say nothing about a machine that does other things too. */
const LEAST_CPU_MS = 400

/**
 * Records per second of one core, the median of several rounds in which each takes its turn, so that what else the
 * machine does hits all alike.
 */
export function measureThroughput<Name extends string>(
  records: readonly unknown[],
  scrubbers: Readonly<Record<Name, ScrubAny>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(scrubbers) as Name[]
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS + WARM_UP; round++)
    for (const name of names) {
      const rate = rateOf(records, scrubbers[name])
      if (round >= WARM_UP) rates.get(name)?.push(rate)
    }
  return Object.fromEntries(names.map((name) => [name, median(rates.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

function rateOf(records: readonly unknown[], scrub: ScrubAny): number {
  const start = process.cpuUsage()
  for (let done = records.length; ; done += records.length) {
    for (const record of records) scrub(record)
    const { user, system } = process.cpuUsage(start)
    const cpuMs = (user + system) / 1_000
    if (cpuMs >= LEAST_CPU_MS) return (done * 1_000) / cpuMs
  }
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}
