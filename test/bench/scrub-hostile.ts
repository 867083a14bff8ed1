import type { ScrubAny } from './scrub-peers.ts'

const repeated = (unit: string): string => unit.repeat(Math.ceil(20_480 / unit.length))

function nested(levels: number): unknown {
  let value: unknown = 'jane@example.com'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value]
  return value
}

/** Inputs that an attacker would send; each may take 30 ms. */
export const hostileInputs: Readonly<Record<string, () => unknown>> = {
  '20 KB of a': () => repeated('a'),
  '20 KB of a.a.@': () => repeated('a.a.@'),
  '20 KB of digits': () => repeated('1234567890'),
  'JSON 1,000 deep': () => nested(1_000),
  'JSON 1,000 deep in a string': () => `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
  '10,000 keys': () =>
    Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key_${i}`, `value ${i}`])),
}

/** Milliseconds of the slowest of three goes after one that compiles. */
export function hostileMs(input: () => unknown, scrub: ScrubAny): number {
  const value = input()
  scrub(value)
  const times = [0, 1, 2].map(() => {
    const start = process.cpuUsage()
    scrub(value)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1_000
  })
  return Math.max(...times)
}
