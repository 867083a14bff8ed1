/** Events that a browser may send, with the KPI that counts each. */
export const SAMPLES = [
  {
    event: 'page_viewed',
    label: 'Send page view',
    kpi: 'events',
    properties: { path: '/', title: 'Sample page' },
  },
  {
    event: 'user_signed_up',
    label: 'Send sign-up',
    kpi: 'sign_ups',
    properties: { channel: 'direct', plan: 'free' },
  },
]

/** A new event of a new visitor: each call's counts. */
export function sampleEvent({ event, properties }) {
  return {
    messageId: uuid(),
    type: 'track',
    event,
    originalTimestamp: new Date().toISOString(),
    anonymousId: uuid(),
    properties,
  }
}

/**
 * Sends an event through the API, as a shop's page would.
 * @returns {Promise<{ ok: boolean, text: string }>}
 */
export async function sendSample(sample, { ingestUrl, publicKey }) {
  try {
    const response = await fetch(`${ingestUrl.replace(/\/+$/, '')}/v1/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Write-Key': publicKey },
      body: JSON.stringify({ sentAt: new Date().toISOString(), batch: [sampleEvent(sample)] }),
      credentials: 'omit',
    })
    return explain(response.status, await response.json().catch(() => ({})))
  } catch {
    return { ok: false, text: `The API at ${ingestUrl} cannot be reached from this browser.` }
  }
}

function explain(status, { accepted = 0, suppressed = 0, rejected = [], error, detail }) {
  if (status === 202 && accepted > 0) return { ok: true, text: 'Accepted. Waiting for it to be counted…' }
  if (status === 202 && suppressed > 0)
    return {
      ok: false,
      text: 'Accepted and dropped: this browser asks not to be tracked, and the API honours it.',
    }
  const reason = rejected[0]?.detail ?? detail ?? (typeof error === 'string' ? error : undefined)
  return { ok: false, text: `Refused with status ${status}${reason ? `: ${reason}` : ''}.` }
}

/** crypto.randomUUID is missing on pages that come over plain HTTP from another host. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
