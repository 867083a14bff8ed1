import { expect, test } from 'vitest'
import { joinRanges, type PartitionEvidence, reconcile } from './reconcile.ts'

const none = { loaded: 0, ignored: 0, duplicate: 0, quarantined: 0, erased: 0 }

function evidence(given: Partial<PartitionEvidence>): PartitionEvidence {
  return {
    topic: 'events.v1',
    partition: 0,
    firstOffset: 0,
    nextOffset: 10,
    archived: [{ from: 0, to: 9 }],
    ledger: [{ from: 0, to: 9, ...none, loaded: 10 }],
    ...given,
  }
}

test('a partition whose every offset is archived once and in the ledger once is balanced', () => {
  expect(reconcile(evidence({}))).toMatchObject({ balanced: true, outcomes: { loaded: 10 } })
})

test('an offset that the archive skipped is named', () => {
  const account = reconcile(
    evidence({
      archived: [
        { from: 0, to: 3 },
        { from: 5, to: 9 },
      ],
    }),
  )
  expect(account).toMatchObject({ balanced: false, archived: { missing: [{ from: 4, to: 4 }], records: 9 } })
})

test('offsets that two entries cover are named', () => {
  const ledger = [
    { from: 0, to: 5, ...none, loaded: 6 },
    { from: 4, to: 9, ...none, loaded: 6 },
  ]
  const account = reconcile(evidence({ ledger }))
  expect(account).toMatchObject({
    balanced: false,
    accounted: { doubled: [{ from: 4, to: 5 }], records: 10 },
  })
})

test('records that are still to come are waiting, not missing', () => {
  const account = reconcile(evidence({ archived: [{ from: 0, to: 5 }] }))
  expect(account.archived).toEqual({ records: 6, missing: [], doubled: [], waiting: 4 })
  expect(account.balanced).toBe(false)
})

test('offsets from the first that the log still holds must be there, also when a store begins later', () => {
  const account = reconcile(evidence({ firstOffset: 3, archived: [{ from: 5, to: 9 }] }))
  expect(account.archived.missing).toEqual([{ from: 3, to: 4 }])
})

test('what the log no longer holds may stand in the stores, without gaps', () => {
  const account = reconcile(evidence({ firstOffset: 8 }))
  expect(account).toMatchObject({ balanced: true, archived: { records: 10 } })
})

test('an empty partition is balanced', () => {
  expect(reconcile(evidence({ nextOffset: 0, archived: [], ledger: [] })).balanced).toBe(true)
})

test('records that the archiver or the loader calls done are missing, not waiting', () => {
  const account = reconcile(evidence({ archived: [{ from: 0, to: 5 }], archivedTo: 8 }))
  expect(account.archived).toEqual({ records: 6, missing: [{ from: 6, to: 7 }], doubled: [], waiting: 2 })
})

test('a position beyond the end that was asked for says nothing about later records', () => {
  expect(reconcile(evidence({ archivedTo: 1_000, loadedTo: 1_000 }))).toMatchObject({ balanced: true })
})

test('records that have left the log before they were archived are missing', () => {
  const account = reconcile(evidence({ firstOffset: 8, archived: [{ from: 0, to: 4 }] }))
  expect(account.archived).toMatchObject({ missing: [{ from: 5, to: 7 }], waiting: 2 })
})

test('a store that begins behind records which have left the log is whole', () => {
  const account = reconcile(evidence({ firstOffset: 8, archived: [{ from: 4, to: 9 }] }))
  expect(account).toMatchObject({ balanced: true, archived: { records: 6 } })
})

test('outcomes that are not as many as the offsets are named', () => {
  const account = reconcile(evidence({ ledger: [{ from: 0, to: 9, ...none, loaded: 9 }] }))
  expect(account).toMatchObject({ balanced: false, unsummed: [{ from: 0, to: 9 }] })
})

test('joined, neighbours are one range and everything else is what it was', () => {
  const ranges = [
    { from: 5, to: 9 },
    { from: 0, to: 4 },
    { from: 11, to: 12 },
    { from: 12, to: 13 },
  ]
  expect(joinRanges(ranges)).toEqual([{ from: 0, to: 9 }, ...ranges.slice(2)])
})
