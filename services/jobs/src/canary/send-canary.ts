import { Fault } from '@millrace/contracts/fault'

export interface CanaryEvent {
  readonly ingestUrl: string
  readonly writeKey: string
  readonly messageId: string
  readonly signal: AbortSignal
}

const PATIENCE_MS = 10_000

/** @throws Fault `log_unavailable` when the API does not take the event, with its status and its reason. */
export async function sendCanary({ ingestUrl, writeKey, messageId, signal }: CanaryEvent): Promise<void> {
  const response = await post(ingestUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messageId, type: 'track', event: 'canary_sent' }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
  })
  const receipt = (await response.json().catch(() => ({}))) as Receipt
  if (response.status === 202 && receipt.accepted === 1) return
  const why = receipt.detail ?? receipt.rejected?.[0]?.detail ?? 'it was not accepted'
  throw new Fault('log_unavailable', `The API answered ${response.status} to the canary event: ${why}`)
}

interface Receipt {
  readonly accepted?: number
  readonly detail?: string
  readonly rejected?: readonly { readonly detail?: string }[]
}

async function post(ingestUrl: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL('/v1/events', ingestUrl), request)
  } catch (cause) {
    const { message, code } = ((cause as Error).cause ?? cause) as { message: string; code?: string }
    throw new Fault('log_unavailable', `The API cannot be reached: ${code ?? message}`, { cause })
  }
}
