import { describe, expect, test } from 'vitest'
import { createPeople } from './create-people.ts'
import { createPseudonyms } from './pseudonym.ts'

const OLD = 'the key before the rotation'
const NEW = 'the key after the rotation'
const ids = { userId: 'u-1', anonymousId: 'a-1', previousId: 'p-1' }

describe('with one key', () => {
  test('people are known by it alone', () => {
    expect(createPeople({ pseudonymKey: NEW }).peopleOf({ userId: 'u-1' })).toEqual({
      userPerson: createPseudonyms(NEW)('u', 'u-1'),
    })
  })
})

describe('with two keys', () => {
  const { peopleOf, pseudonym } = createPeople({ pseudonymKey: NEW, retiredPseudonymKey: OLD })

  test('people are known by the current one, and beside it by what they were known by', () => {
    expect(peopleOf(ids)).toEqual({
      ...createPeople({ pseudonymKey: NEW }).peopleOf(ids),
      retired: createPeople({ pseudonymKey: OLD }).peopleOf(ids),
    })
  })

  test('who is nobody is nobody by either', () => {
    expect(peopleOf({})).toEqual({})
  })

  test('an id inside an event stays what it was: what is under way joins with what begins', () => {
    expect(pseudonym('i', 'order of jane@example.com')).toBe(
      createPseudonyms(OLD)('i', 'order of jane@example.com'),
    )
  })
})
