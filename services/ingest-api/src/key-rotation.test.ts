import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createQuarantineRetry } from './create-quarantine-retry.ts'
import { createFakeLog, event, PUBLIC_KEY, post, startIngest } from './ingest-fixture.ts'

const OLD = { pseudonymKey: 'the key before the rotation, of 32 characters' }
const NEW = { pseudonymKey: 'the key after the rotation, of 32 characters' }
const BOTH = { ...NEW, retiredPseudonymKey: OLD.pseudonymKey }

interface Published {
  readonly events: readonly StampedEvent[]
  readonly quarantined: readonly QuarantinedEvent[]
}

async function publish(
  keys: typeof OLD | typeof BOTH,
  batch: readonly unknown[],
  limits: { readonly consentPolicy?: 'anonymous' } = {},
): Promise<Published> {
  const api = await startIngest({ scrubber: createScrubber(keys), limits })
  onTestFinished(() => api.close())
  await post(`${api.url}/v1/events`, { batch })
  return { events: api.log.events(), quarantined: api.log.quarantined() }
}

const people = { userId: 'user-1', anonymousId: 'visitor-1' }

describe('an event that is sent before a rotation and again after it', () => {
  test.each([
    ['of a person', event(people)],
    ['of a visitor', event()],
    ['whose session is named after a person', event({ sessionId: 'jane.doe@example.com' })],
    ['that names a user in what it says', event({ event: 'Box rated', properties: { user_id: 'user-2' } })],
  ])('is the same event, %s', async (_what, sent) => {
    const [before] = (await publish(OLD, [sent])).events
    const [after] = (await publish(BOTH, [sent])).events
    expect(after?.eventId).toBe(before?.eventId)
    expect(after?.contentHash).toBe(before?.contentHash)
    expect(after?.sessionId).toBe(before?.sessionId)
    expect(after?.properties).toEqual(before?.properties)
  })

  test('is still another one when it is of another person', async () => {
    const sent = event(people)
    const [before] = (await publish(OLD, [sent])).events
    const [after] = (await publish(BOTH, [{ ...sent, userId: 'user-2' }])).events
    expect(after?.contentHash).not.toBe(before?.contentHash)
  })
})

test('while two keys live, an event carries its people by both', async () => {
  const sent = event(people)
  const [before] = (await publish(OLD, [sent])).events
  const [after] = (await publish(BOTH, [sent])).events
  const [later] = (await publish(NEW, [sent])).events
  const { userPerson, anonymousPerson } = before ?? {}
  expect(after?.retired).toEqual({ userPerson, anonymousPerson })
  expect(after).toMatchObject({ userPerson: later?.userPerson, anonymousPerson: later?.anonymousPerson })
  expect(later?.retired).toBeUndefined()
})

test('whoever denied consent is known by no key', async () => {
  const context = { consent: { categoryPreferences: { Analytics: false } } }
  const old = '2020-01-01T00:00:00Z'
  const sent = [event({ ...people, context }), event({ ...people, context, originalTimestamp: old })]
  const { events, quarantined } = await publish(BOTH, sent, { consentPolicy: 'anonymous' })
  expect(events).toHaveLength(1)
  expect(events[0]).not.toHaveProperty('retired')
  expect(quarantined.map((row) => row.people)).toEqual([{}])
})

describe('a quarantined event', () => {
  async function retry(row: QuarantinedEvent, keys: typeof OLD | typeof BOTH): Promise<StampedEvent[]> {
    const log = createFakeLog()
    const scrubber = createScrubber(keys)
    const { retryRefused } = createQuarantineRetry({
      log,
      scrubber,
      keys: [PUBLIC_KEY],
      maxEventAgeDays: 4_000,
    })
    await retryRefused([row])
    return log.events()
  }

  test.each([
    ['two keys', BOTH],
    ['one', OLD],
  ])('is retried with the people that it had under %s', async (_what, keys) => {
    const sent = event({ ...people, originalTimestamp: '2026-01-01T00:00:00Z' })
    const [row] = (await publish(keys, [sent])).quarantined
    if (row === undefined) throw new Error('nothing was quarantined')
    const [retried] = await retry(row, BOTH)
    const { userPerson, anonymousPerson, retired } = retried ?? {}
    expect({ userPerson, anonymousPerson, retired }).toEqual({ retired: undefined, ...row.people })
  })
})
