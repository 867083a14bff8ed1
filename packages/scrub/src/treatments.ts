import type { FoundKind } from '@millrace/contracts/finding'
import type { FieldMark } from '@millrace/contracts/policy-fields'
import type { Rule } from '@millrace/contracts/privacy-policy'
import { cutValue } from './cut-value.ts'
import { type Found, newMarks, noteFinding, noteMarks } from './found.ts'
import { losesValue } from './mask-by-key.ts'
import { type KeyKind, kindOfKey } from './personal-keys.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { scrubText } from './scrub-text.ts'
import { scrubUrl } from './scrub-url.ts'

/** What is kept of a field's value; undefined drops the field. What was found is noted under the field's path. */
export type Treat = (value: string, field: string, found: Found) => string | undefined

export interface Treatments {
  /** What becomes of a field by its contract's mark, where no rule speaks of it. */
  byMark(mark: FieldMark): Treat
  /** What a rule makes of a value, whatever it is. */
  byRule(rule: Rule, mark: FieldMark): Treat
}

/** Ids of a form in which nobody is named, shorter than any key of letters alone: looked at no further. */
const PLAIN_ID = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[A-Za-z_-]{0,15}\d{0,11})$/i

/** Where a text has no kind of its own. */
const MASKED = '[masked]'

/**
 * @param again Values were treated before, as those of a quarantined event: what is cut or hashed already stays.
 */
export function createTreatments(pseudonym: Pseudonyms, again: boolean): Treatments {
  /** As it is, or, where a detector finds personal data in it, its keyed hash: the same id gives the same hash. */
  const id: Treat = (value, field, found) => {
    if (PLAIN_ID.test(value)) return value
    const scrubbed = scrubText(value)
    if (scrubbed === value) return value
    noteMarks(found, field, value, scrubbed, 'hash')
    return pseudonym('i', value)
  }

  const hash: Treat = (value, field, found) => {
    if (value.trim() === '') return value
    noteKind(value, field, found, 'hash')
    return pseudonym('i', foldCase(value))
  }

  /** An id in other letters is another id. */
  const hashId: Treat = (value, field, found) => {
    noteKind(value, field, found, 'hash')
    return pseudonym('i', value)
  }

  function cut({ to }: Rule): Treat {
    return (value, field, found) => {
      if (value === '' || to === undefined) return value
      if (again && to === 'area' && value.length <= 3) return value
      const left = cutValue(to, value)
      if (left === undefined) return maskWhole(value, field, found)
      if (left !== value) noteKind(value, field, found, 'cut')
      return to === 'path' || to === 'origin' ? url(left, field, found) : left
    }
  }

  return {
    byMark(mark) {
      switch (mark) {
        case 'id':
          return id
        case 'url':
          return url
        case 'text':
          return searchText
        case 'code':
        case 'address':
          // One of a closed list, or cut before it comes here.
          return keep
      }
    },
    byRule(rule, mark) {
      switch (rule.do) {
        case 'drop':
          return drop
        case 'mask':
          return maskWhole
        case 'hash':
          return mark === 'id' ? hashId : hash
        case 'cut':
          return cut(rule)
        case 'keep':
          return keep
      }
    },
  }
}

/** What every text of a custom event and every field marked `text` comes through. */
export const searchText: Treat = (value, field, found) => {
  const scrubbed = scrubText(value)
  if (scrubbed !== value) noteMarks(found, field, value, scrubbed, 'mask')
  return scrubbed
}

const url: Treat = (value, field, found) => {
  const scrubbed = scrubUrl(value)
  if (scrubbed !== value) noteMarks(found, field, value, scrubbed, 'mask')
  return scrubbed
}

export const keep: Treat = (value) => value

export const drop: Treat = (value, field, found) => {
  noteKind(value, field, found, 'drop')
  return undefined
}

export const maskWhole: Treat = (value, field, found) => {
  if (value === '') return value
  const kind = noteKind(value, field, found, 'mask')
  return kind === undefined || kind === 'other' ? MASKED : `[${kind}]`
}

/** By the field's name, else by what the detectors find; a value in which nothing is found is no finding. */
function noteKind(
  value: string,
  field: string,
  found: Found,
  treatment: 'mask' | 'hash' | 'cut' | 'drop',
): FoundKind | undefined {
  const named = kindOfField(field)
  const kinds =
    named !== undefined && (isPersonId(named) || losesValue(named, value))
      ? [named]
      : newMarks(value, scrubText(value))
  for (const kind of kinds) noteFinding(found, field, kind, treatment)
  return kinds[0]
}

function isPersonId(kind: KeyKind): kind is 'user_id' | 'anonymous_id' {
  return kind === 'user_id' || kind === 'anonymous_id'
}

function kindOfField(field: string): KeyKind | undefined {
  return kindOfKey(field.slice(field.lastIndexOf('.') + 1))
}

/** The same address in other letters is the same address. */
function foldCase(value: string): string {
  return value.trim().normalize('NFKC').toLowerCase()
}
