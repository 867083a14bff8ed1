import { element, setText } from './element.js'
import { formatCount } from './format.js'
import { SAMPLES, sampleEvent, sendSample } from './sample-event.js'

const PATIENCE_SECONDS = 15

/** The newcomer's panel: where to send, with which key, a command to copy, and buttons that send a sample for real. */
export function createTryIt(container) {
  let setup
  let waiting
  let kpis = []
  const status = element('p', { class: 'quiet', role: 'status' })

  async function send(sample, button) {
    button.disabled = true
    setText(status, 'Sending…')
    const before = todayOf(kpis, sample.kpi)
    const begun = performance.now()
    const { ok, text } = await sendSample(sample, setup)
    button.disabled = false
    setText(status, text)
    status.classList.toggle('bad', !ok)
    waiting = ok ? { sample, before, begun } : undefined
    noticeCount()
  }

  /** The event has been counted when its KPI shows more than before it was sent. */
  function noticeCount() {
    if (!waiting) return
    const { sample, before, begun } = waiting
    const now = todayOf(kpis, sample.kpi)
    const seconds = (performance.now() - begun) / 1000
    if (now > before) {
      const title = kpis.find(({ name }) => name === sample.kpi)?.title ?? sample.kpi
      setText(
        status,
        `Counted after ${seconds.toFixed(1)} s: ${title} today ${formatCount(before)} → ${formatCount(now)}.`,
      )
      waiting = undefined
    } else if (seconds > PATIENCE_SECONDS) {
      setText(
        status,
        'Accepted, but not counted so far. Bots count for no KPI, and an automated browser is one; see Excluded events and Freshness.',
      )
      waiting = undefined
    }
  }

  function build() {
    if (!setup.publicKey) {
      const text =
        'No public write key was given to this board: set PUBLIC_WRITE_KEY to send events from here.'
      container.replaceChildren(element('p', { class: 'empty' }, text), copyable('API', setup.ingestUrl))
      return
    }
    const buttons = SAMPLES.map((sample) => {
      const button = element('button', { type: 'button' }, sample.label)
      button.addEventListener('click', () => send(sample, button))
      return button
    })
    container.replaceChildren(
      element(
        'p',
        { class: 'quiet' },
        'A sample goes through the API, the log and the loader, like any other event.',
      ),
      element('div', { class: 'buttons' }, ...buttons),
      status,
      copyable('API', setup.ingestUrl),
      copyable('Public write key', setup.publicKey),
      copyable('From a terminal', curl(setup)),
      element(
        'p',
        { class: 'quiet' },
        'A public key is for browsers: without the user agent of one, curl counts as a bot.',
      ),
    )
  }

  return {
    show(state) {
      const changed = JSON.stringify(state.setup) !== JSON.stringify(setup)
      setup = state.setup
      kpis = state.kpis
      if (changed) build()
      noticeCount()
    },
    tick: noticeCount,
  }
}

function todayOf(kpis, name) {
  return kpis.find((kpi) => kpi.name === name)?.headline[0]?.days.at(-1) ?? 0
}

/** A text with a button that copies it. Without the permission to, the text is selected for the reader to copy. */
function copyable(label, text) {
  const code = element('code', { tabindex: 0 }, text)
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy: ${label}` }, 'Copy')
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    if (!copied) getSelection()?.selectAllChildren(code)
    setText(button, copied ? 'Copied' : 'Selected')
    setTimeout(() => setText(button, 'Copy'), 1500)
  })
  return element('div', { class: 'copyable' }, element('h3', {}, label), element('div', {}, code, button))
}

function curl({ ingestUrl, publicKey }) {
  const event = sampleEvent(SAMPLES[1])
  return [
    `curl -sS ${quote(`${ingestUrl.replace(/\/+$/, '')}/v1/events`)}`,
    `-A ${quote(navigator.userAgent)}`,
    `-H ${quote(`X-Write-Key: ${publicKey}`)}`,
    `-H 'Content-Type: application/json'`,
    `-d ${quote(JSON.stringify(event))}`,
  ].join(' ')
}

function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
