import { Fault } from '@millrace/contracts/fault'
import type { FalseValue } from './false-people.ts'
import { headersOf, oddRequests } from './odd-requests.ts'

interface CanarySender {
  readonly ingestUrl: string
  readonly writeKey: string
  /** What the request carries beside its events: in its headers, its query and its path. */
  readonly values: readonly FalseValue[]
  readonly signal: AbortSignal
}

export interface CanaryRequest extends CanarySender {
  readonly events: readonly object[]
  /** How many of the events are good; one at least. */
  readonly accepted: number
}

const PATIENCE_MS = 10_000

/**
 * Sends the events of a round.
 * @throws Fault `log_unavailable` when the API does not take the events, with its status and its reason.
 */
export async function sendCanary(request: CanaryRequest): Promise<void> {
  const { ingestUrl, writeKey, events, accepted, values, signal } = request
  const { headers, query } = headersOf(values)
  const response = await post(new URL(`/v1/events?${query}`, ingestUrl), {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
    signal: inTime(signal),
  })
  const receipt = (await response.json().catch(() => ({}))) as Receipt
  if (response.status !== 202 || receipt.accepted !== accepted) {
    const why = receipt.detail ?? receipt.rejected?.[0]?.detail ?? 'it was not accepted'
    throw new Fault('log_unavailable', `The API answered ${response.status} to the canary event: ${why}`)
  }
}

/**
 * Sends what a broken client might: the answers do not matter, but that nothing of it is kept.
 * @throws Fault `log_unavailable` when the API does not answer at all.
 */
export async function sendOddRequests({ ingestUrl, writeKey, values, signal }: CanarySender): Promise<void> {
  for (const { path, ...odd } of oddRequests(values, writeKey)) {
    const answer = await post(new URL(path, ingestUrl), { ...odd, signal: inTime(signal) })
    await answer.body?.cancel()
  }
}

function inTime(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
}

interface Receipt {
  readonly accepted?: number
  readonly detail?: string
  readonly rejected?: readonly { readonly detail?: string }[]
}

async function post(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request)
  } catch (cause) {
    const { message, code } = ((cause as Error).cause ?? cause) as { message: string; code?: string }
    throw new Fault('log_unavailable', `The API cannot be reached: ${code ?? message}`, { cause })
  }
}
