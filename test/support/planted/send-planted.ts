import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Dumped } from './find-needles.ts'
import { barePiece, type Piece } from './personal-data.ts'
import type { PlantedEvent } from './planted-events.ts'

export interface SentPlanted {
  readonly accepted: number
  readonly rejected: number
  /** Answers, with their headers. */
  readonly answers: readonly Dumped[]
  readonly needles: readonly string[]
}

export interface SendOptions {
  readonly api: string
  /** Used in turn. */
  readonly keys: readonly string[]
  readonly seed: number
}

const BATCH = 25
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** Sends events in batches, each with personal data in its query, headers and shared context too. */
export async function sendPlanted(
  events: readonly PlantedEvent[],
  { api, keys, seed }: SendOptions,
): Promise<SentPlanted> {
  const answers: Dumped[] = []
  const needles = events.flatMap((one) => one.needles)
  let [accepted, rejected] = [0, 0]
  for (let first = 0, turn = 0; first < events.length; first += BATCH, turn++) {
    const batch = events.slice(first, first + BATCH).map(({ event }) => event)
    const pieces = fc.sample(barePiece, { seed: seed + turn, numRuns: 4 }) as [Piece, Piece, Piece, Piece]
    needles.push(...pieces.flatMap((piece) => piece.needles))
    const response = await fetch(`${api}/v1/batch?${queryOf(pieces[0])}`, {
      method: 'POST',
      ...packed(
        turn,
        JSON.stringify({
          batch,
          context: { page: { title: pieces[1].said }, [`x-${turn}`]: pieces[2].said },
        }),
        {
          'x-write-key': keys[turn % keys.length] ?? '',
          ...headersOf(pieces),
        },
      ),
    })
    const text = await response.text()
    const receipt = JSON.parse(text) as { accepted: number; rejected: readonly unknown[]; detail?: string }
    if (response.status !== 202 && response.status !== 400)
      throw new Error(`answered ${response.status}: ${text}`)
    accepted += receipt.accepted
    rejected += receipt.rejected.length
    answers.push({ place: `answer ${turn}`, text: `${JSON.stringify([...response.headers])}\n${text}` })
  }
  return { accepted, rejected, answers, needles }
}

function queryOf({ bare, said }: Piece): string {
  return new URLSearchParams({ q: said, id: bare ?? '' }).toString()
}

/** In a header only what may stand there. */
function headersOf([first, second, third]: readonly Piece[]): Record<string, string> {
  const [agent = '', trace = '', other = ''] = [first, second, third].map((piece) => piece?.bare)
  return {
    'user-agent': `${BROWSER} (${agent})`,
    traceparent: trace,
    tracestate: `v=${encodeURIComponent(other)}`,
    'x-request-id': trace.replaceAll(/[^A-Za-z0-9_-]/g, ''),
    'x-forwarded-for': other,
    referer: `https://shop.example/?q=${encodeURIComponent(agent)}`,
    cookie: `id=${encodeURIComponent(trace)}`,
    'x-anything': said(third),
  }
}

function said(piece: Piece | undefined): string {
  return piece?.said ?? ''
}

function packed(turn: number, body: string, headers: Record<string, string>) {
  const json = { 'content-type': turn % 3 === 1 ? 'text/plain' : 'application/json', ...headers }
  return turn % 2 === 0
    ? { headers: json, body }
    : { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(body) }
}
