import { expect, test } from 'vitest'
import { eraseFromEvent, eraseFromRecord, type IsErased } from './erase-people.ts'

const ANN = 'aaaaaaaa-0000-4000-8000-000000000001'
const ANNS_DEVICE = 'aaaaaaaa-0000-4000-8000-000000000002'
const BEN = 'bbbbbbbb-0000-4000-8000-000000000001'
const OTHER = 'cccccccc-0000-4000-8000-000000000001'
const ERASED_AT = '2026-11-21T12:00:00.000Z'

const isErased: IsErased = (person, receivedAt) =>
  [ANN, ANNS_DEVICE].includes(person) && (receivedAt ?? '') < ERASED_AT

const event = { receivedAt: '2026-11-21T11:59:59.999Z', eventId: OTHER, properties: {} }

test.each([
  ['of the user', { ...event, userPerson: ANN }],
  ['of the user on a device of another', { ...event, userPerson: ANN, anonymousPerson: OTHER }],
  ['of the visitor', { ...event, anonymousPerson: ANNS_DEVICE }],
  ['that only its retired pseudonym tells', { ...event, userPerson: OTHER, retired: { userPerson: ANN } }],
  ['refused', { ...event, people: { userPerson: ANN }, event: { plan: 'x' } }],
  ['without a time', { userPerson: ANN }],
  ['that is no event', `{"userPerson":"${ANN}`],
  ['that could not be read', { unreadable: `{"userPerson":"${ANN}` }],
])('an event %s goes', (_what, value) => {
  expect(eraseFromEvent(value, isErased)).toEqual({ kind: 'erased' })
})

test.each([
  ['received at that moment', { ...event, userPerson: ANN, receivedAt: ERASED_AT }],
  ['of another', { ...event, userPerson: BEN, anonymousPerson: OTHER }],
  ['of nobody', event],
])('an event %s stays as it is', (_what, value) => {
  expect(eraseFromEvent(value, isErased)).toEqual({ kind: 'kept' })
})

test('what another did on the device stays, without the device', () => {
  const value = { ...event, userPerson: BEN, anonymousPerson: ANNS_DEVICE, retired: { userPerson: OTHER } }
  const { anonymousPerson: _, ...rest } = value
  expect(eraseFromEvent(value, isErased)).toEqual({ kind: 'redacted', value: rest })
})

test('a mention by another becomes a mark, wherever it stands', () => {
  const value = { ...event, userPerson: BEN, properties: { to: [{ id: ANN }], link: `/u/${ANN}/x`, n: 1.5 } }
  expect(eraseFromEvent(value, isErased)).toEqual({
    kind: 'redacted',
    value: { ...value, properties: { to: [{ id: '[erased]' }], link: '/u/[erased]/x', n: 1.5 } },
  })
})

test('an alias that names the person stays without it', () => {
  const alias = { ...event, userPerson: BEN, previousPersons: [ANN, OTHER] }
  expect(eraseFromEvent(alias, isErased)).toEqual({ kind: 'redacted', value: { ...event, userPerson: BEN } })
})

test('a refused event of another loses the device', () => {
  const value = { ...event, people: { userPerson: BEN, anonymousPerson: ANNS_DEVICE } }
  expect(eraseFromEvent(value, isErased)).toEqual({
    kind: 'redacted',
    value: { ...event, people: { userPerson: BEN } },
  })
})

test('a record goes with its key', () => {
  expect(eraseFromRecord({ key: ANN, value: '{"x":1}' }, isErased)).toEqual({ kind: 'erased' })
  const value = JSON.stringify({ ...event, userPerson: BEN })
  expect(eraseFromRecord({ key: BEN, value }, isErased)).toEqual({ kind: 'kept' })
})
