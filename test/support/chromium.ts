import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'

const CHROMIUM = '/usr/bin/chromium'

/** Why tests in a browser are skipped; undefined when there is one. */
export const noChromium = existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}`

export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  /** Headless browsers say so in theirs, and count as bots. */
  readonly userAgent?: string
}

export interface Page {
  /** The value of an expression, a promise's included. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is truthy. */
  until(expression: string, timeoutMs?: number): Promise<void>
  /** Presses a key, as `Tab` or `Enter`. */
  press(key: string): Promise<void>
  /** The page as PNG, or so many pixels of its height from one on. */
  screenshot(part?: { readonly from: number; readonly height: number }): Promise<Buffer>
  /** Texts of errors and violations that the page's console showed. */
  readonly problems: readonly string[]
  /** Addresses that the page asked for. */
  readonly requests: readonly string[]
}

export interface Browser {
  open(url: string, options?: PageOptions): Promise<Page>
  close(): Promise<void>
}

type Json = Record<string, unknown>

/** A real browser of its own, spoken to by the DevTools protocol through pipes. */
export async function startChromium(): Promise<Browser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'millrace-chromium-'))
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-sync',
  ]
  const offline = ['--disable-background-networking', '--disable-component-update', '--remote-debugging-pipe']
  const child = spawn(CHROMIUM, [...flags, ...offline, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const connection = speak(child.stdio[3] as Writable, child.stdio[4] as Readable)
  return {
    async open(url, options = {}) {
      const { targetId } = await connection.send<{ targetId: string }>('Target.createTarget', {
        url: 'about:blank',
      })
      const { sessionId } = await connection.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      })
      const page = createPage((method, params) => connection.send(method, params, sessionId))
      connection.on(sessionId, page.notice)
      await page.prepare(options)
      await page.go(url)
      return page
    },
    async close() {
      await connection.send('Browser.close').catch(() => child.kill('SIGKILL'))
      await exited
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Messages are JSON, ended by a NUL. */
function speak(output: Writable, input: Readable) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const listeners = new Map<string, (method: string, params: Json) => void>()
  let last = 0
  let rest = ''
  input.setEncoding('utf8')
  input.on('data', (text: string) => {
    const messages = (rest + text).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) receive(JSON.parse(message))
  })

  function receive({ id, result, error, method, params, sessionId }: Json): void {
    if (typeof method === 'string') listeners.get(String(sessionId))?.(method, params as Json)
    const call = waiting.get(Number(id))
    waiting.delete(Number(id))
    if (error) call?.reject(new Error(String((error as Json).message)))
    else call?.resolve(result)
  }

  return {
    on: (sessionId: string, listen: (method: string, params: Json) => void) =>
      void listeners.set(sessionId, listen),
    send<T>(method: string, params: Json = {}, sessionId?: string): Promise<T> {
      last += 1
      const id = last
      output.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
      return new Promise((resolve, reject) =>
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject }),
      )
    },
  }
}

function createPage(send: <T>(method: string, params?: Json) => Promise<T>) {
  const problems: string[] = []
  const requests: string[] = []

  async function evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await send<{ result: { value: T }; exceptionDetails?: Json }>(
      'Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true, userGesture: true },
    )
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return result.value
  }

  async function until(expression: string, timeoutMs = 10_000): Promise<void> {
    const giveUpAt = Date.now() + timeoutMs
    while (!(await evaluate(`Boolean(${expression})`))) {
      if (Date.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${expression}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  return {
    problems,
    requests,
    evaluate,
    until,
    notice(method: string, params: Json): void {
      if (method === 'Network.requestWillBeSent') requests.push(String((params.request as Json).url))
      if (method === 'Runtime.exceptionThrown') problems.push(JSON.stringify(params.exceptionDetails))
      if (method === 'Log.entryAdded' && (params.entry as Json).level === 'error')
        problems.push(String((params.entry as Json).text))
    },
    async prepare({ width = 1440, height = 900, dark = false, userAgent }: PageOptions): Promise<void> {
      for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: width < 600,
      })
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
      await send('Emulation.setEmulatedMedia', { features })
      if (userAgent) await send('Emulation.setUserAgentOverride', { userAgent })
    },
    async go(url: string): Promise<void> {
      await send('Page.navigate', { url })
      await until(`document.readyState === 'complete' && location.href !== 'about:blank'`)
    },
    async press(key: string): Promise<void> {
      const code = { Tab: 9, Enter: 13 }[key] ?? 0
      const text = key === 'Enter' ? '\r' : undefined
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(text && { text }) }
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
    },
    async screenshot(part?: { readonly from: number; readonly height: number }): Promise<Buffer> {
      const width = await evaluate<number>('document.documentElement.clientWidth')
      const { data } = await send<{ data: string }>('Page.captureScreenshot', {
        captureBeyondViewport: true,
        ...(part && { clip: { x: 0, y: part.from, width, height: part.height, scale: 1 } }),
      })
      return Buffer.from(data, 'base64')
    },
  }
}
