import { randomUUID } from 'node:crypto'
import type { WriteKey } from '@millrace/contracts/write-key'

/** A curl command that sends one event of now; with another messageId each time, so that each paste counts. */
export function firstEvent(apiUrl: string, keys: readonly WriteKey[], now: Date): string {
  const key = keys.find(maySignUp)
  if (!key) return '  (no write key may send user_signed_up)'
  const event = {
    messageId: randomUUID(),
    type: 'track',
    event: 'user_signed_up',
    userId: `user-${now.getTime()}`,
    originalTimestamp: now.toISOString(),
    properties: { channel: 'email', plan: 'free' },
  }
  const origin = key.origins?.[0]
  const headers = [
    `Authorization: Bearer ${key.key}`,
    'Content-Type: application/json',
    ...(origin ? [`Origin: ${origin}`] : []),
  ]
  return [
    `curl -sS ${apiUrl}/v1/events`,
    ...headers.map((header) => `-H ${quote(header)}`),
    `-d ${quote(JSON.stringify(event))}`,
  ].join(' ')
}

/** A public key's events come from browsers: sent by curl they would be a bot's. */
function maySignUp({ kind, events, canary }: WriteKey): boolean {
  return kind === 'secret' && !canary && (events === undefined || events.includes('user_signed_up'))
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
