import { fileURLToPath } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import type { Kpi } from '@millrace/kpis/kpi'
import { endsWithin } from '@millrace/runtime/ends-within'
import { healthRoutes } from '@millrace/runtime/health-routes'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import { checkMigrated } from '@millrace/warehouse/check-migrated'
import { createPool } from '@millrace/warehouse/database'
import express, { type Express, type RequestHandler } from 'express'
import { Gauge, type Registry } from 'prom-client'
import { type BoardState, createBoardState } from './board-state.ts'
import { createEventStreams } from './event-streams.ts'
import { createBoardReader } from './read-board.ts'
import { securityHeaders } from './security-headers.ts'

export interface BoardDeps {
  /** A user who may become role millrace_board. */
  readonly databaseUrl: string
  readonly kpis: readonly Kpi[]
  readonly now: () => Date
  /** IANA name: the business time zone that the database was made with. */
  readonly timeZone: string
  /** The API's address as browsers reach it. */
  readonly ingestUrl: string
  /** A public write key to show and to send sample events with; without one the page says so. */
  readonly publicKey?: string | undefined
  readonly refreshSeconds?: number
  /** Pages that may be open at once. */
  readonly maxStreams?: number
  readonly logger: Logger
  readonly registry: Registry
}

export interface Board {
  /** The page, `/events` (its state as server-sent events), `/api/state` (the same once), health and own metrics. */
  readonly app: Express
  /** Ends the open streams and the connections to Postgres. */
  close(): Promise<void>
}

const PUBLIC = fileURLToPath(new URL('public/', import.meta.url))
const QUERY_TIMEOUT_MS = 10_000
const HEARTBEAT_SECONDS = 15
/** After a time without readers the first of them waits for fresh numbers, a second at most. */
const STALE_SECONDS = 5
const FIRST_MESSAGE_MS = 1000

/**
 * One page that shows the KPIs and the pipeline live. All pages share one refresh, which runs only while one is open.
 * While Postgres is away the page keeps the last numbers and says so.
 * @throws Fault `config_invalid` when the database keeps days of another time zone.
 */
export async function createBoard(deps: BoardDeps): Promise<Board> {
  const { databaseUrl, kpis, now, timeZone, refreshSeconds = 1, maxStreams = 200, logger, registry } = deps
  const pool = createPool({
    url: databaseUrl,
    role: 'millrace_board',
    name: 'board',
    max: 2,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
  })
  const setup = { ingestUrl: deps.ingestUrl, publicKey: deps.publicKey ?? null }
  const state = createBoardState({
    readBoard: createBoardReader(pool, kpis, timeZone),
    now,
    timeZone,
    setup,
    logger,
  })
  const streams = createEventStreams({
    latest: () => JSON.stringify(state.latest()),
    prepare: () =>
      state.ageSeconds() < STALE_SECONDS ? Promise.resolve(true) : endsWithin(FIRST_MESSAGE_MS, refreshed()),
    maxStreams,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  })
  countStreams(registry, streams.size)

  let asked = false
  const refreshes = repeat(
    async () => {
      if (!asked && streams.size() === 0) return
      asked = false
      if (await state.refresh()) streams.send(JSON.stringify(state.latest()))
    },
    { seconds: refreshSeconds, onError: (err) => logger.error({ err }, 'the board could not be refreshed') },
  )
  function refreshed(): Promise<void> {
    asked = true
    return refreshes.next()
  }
  async function fresh(): Promise<BoardState> {
    if (state.ageSeconds() >= refreshSeconds) await refreshed()
    return state.latest()
  }
  async function end(): Promise<void> {
    streams.close()
    await refreshes.close()
    await pool.end()
  }
  let ended: Promise<void> | undefined
  const close = (): Promise<void> => {
    ended ??= end()
    return ended
  }

  await refreshed()
  const problem = state.problem()
  if (problem instanceof Fault && !problem.retryable) {
    await close()
    throw problem
  }
  const app = boardApp(deps, {
    serveEvents: streams.serve,
    fresh,
    ready: () => checkMigrated(pool, timeZone),
  })
  return { app, close }
}

interface Answers {
  readonly serveEvents: RequestHandler
  fresh(): Promise<BoardState>
  ready(): Promise<unknown>
}

function boardApp({ ingestUrl, registry }: BoardDeps, { serveEvents, fresh, ready }: Answers): Express {
  const app = express().disable('x-powered-by')
  app.use(securityHeaders(ingestUrl))
  app.get('/events', serveEvents)
  app.get('/api/state', async (_request, response) => {
    response.set('Cache-Control', 'no-store').json(await fresh())
  })
  app.use(healthRoutes({ checks: { database: ready }, registry }))
  app.use(
    express.static(PUBLIC, {
      cacheControl: false,
      setHeaders: (file) => file.set('Cache-Control', 'no-cache'),
    }),
  )
  return app
}

function countStreams(registry: Registry, size: () => number): void {
  new Gauge({
    name: 'millrace_board_streams',
    help: 'Pages that are open now.',
    registers: [registry],
    collect() {
      this.set(size())
    },
  })
}
