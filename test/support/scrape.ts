export interface Scraped {
  readonly text: string
  /** Series as written, `name{labels}`, to their value. */
  readonly samples: ReadonlyMap<string, number>
  /** The series whose text begins so, with their values, as `labels value` lines. */
  of(name: string): string[]
}

/** Reads a page of metrics as Prometheus does, for the part of its text format that gauges use. */
export async function scrape(url: string): Promise<Scraped> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const text = await response.text()
  const samples = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const match =
      /^([a-z_:][a-z0-9_:]*(?:\{(?:[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})?) (\S+)$/i.exec(line)
    if (!match?.[1] || samples.has(match[1])) throw new Error(`not a line of metrics, or twice: ${line}`)
    samples.set(match[1], Number(match[2]))
  }
  return {
    text,
    samples,
    of: (name) =>
      [...samples]
        .filter(([series]) => series.startsWith(`${name}{`))
        .map(([series, value]) => `${series.slice(name.length + 1, -1)} ${value}`),
  }
}
