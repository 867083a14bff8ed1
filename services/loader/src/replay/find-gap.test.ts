import { expect, test } from 'vitest'
import { findGap } from './find-gap.ts'

const object = (firstOffset: number, lastOffset: number, partition = 0) => ({
  ...{ partition, firstOffset, lastOffset },
  count: lastOffset - firstOffset + 1,
  key: `${partition}-${firstOffset}`,
})
const needed = { partition: 0, from: 5, until: 30 }

test('objects that follow each other, also across where the need begins and ends, leave no gap', () => {
  expect(findGap([object(0, 9), object(10, 24), object(25, 40)], needed)).toBeUndefined()
})

test('records behind the last object may still be archived', () => {
  expect(findGap([object(0, 9)], needed)).toEqual({ kind: 'late', partition: 0, offset: 10 })
  expect(findGap([], needed)).toEqual({ kind: 'late', partition: 0, offset: 5 })
})

test('records between two objects are lost', () => {
  expect(findGap([object(0, 9), object(11, 40)], needed)).toEqual({ kind: 'lost', partition: 0, offset: 10 })
  expect(findGap([object(6, 40)], needed)).toEqual({ kind: 'lost', partition: 0, offset: 5 })
})

test('the objects of another partition are none', () => {
  expect(findGap([object(0, 9), object(10, 40, 1)], needed)).toEqual({
    ...{ kind: 'late', partition: 0, offset: 10 },
  })
})
