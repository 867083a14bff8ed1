export interface Membership {
  readonly topic: string
  readonly partitions: number
  /** Backend ids of the group's consumers of this topic, in any order. */
  readonly members: readonly number[]
  readonly me: number
}

/**
 * How many partitions of the topic this consumer may hold. The members' shares differ by one at most and add up to
 * all; which members get one more depends on the topic, so that many small topics do not all land on the first.
 */
export function shareOf({ topic, partitions, members, me }: Membership): number {
  const sorted = [...new Set(members)].sort((a, b) => a - b)
  const rank = sorted.indexOf(me)
  if (rank < 0) return 0
  const turned = (rank + sumOf(topic)) % sorted.length
  return Math.floor(partitions / sorted.length) + (turned < partitions % sorted.length ? 1 : 0)
}

function sumOf(text: string): number {
  let sum = 0
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return sum
}
