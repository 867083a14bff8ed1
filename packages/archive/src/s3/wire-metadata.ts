/** Says which call wrote an object, so that a writer knows its own after an answer that got lost. */
const WRITE_ID = 'write-id'

/** Hyphens for underscores: a header with an underscore does not come through every proxy. */
export function toWire(
  metadata: Readonly<Record<string, string>>,
  writeId: string,
): Readonly<Record<string, string>> {
  const named = Object.entries(metadata).map(([name, value]) => [name.replaceAll('_', '-'), value])
  return Object.fromEntries([...named, [WRITE_ID, writeId]])
}

export function fromWire(
  wire: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const named = Object.entries(wire ?? {}).filter(([name]) => name.toLowerCase() !== WRITE_ID)
  return Object.fromEntries(named.map(([name, value]) => [name.toLowerCase().replaceAll('-', '_'), value]))
}

export function writeIdOf(wire: Readonly<Record<string, string>> | undefined): string | undefined {
  return Object.entries(wire ?? {}).find(([name]) => name.toLowerCase() === WRITE_ID)?.[1]
}
