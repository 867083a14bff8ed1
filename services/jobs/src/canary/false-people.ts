import type { FoundKind } from '@millrace/contracts/finding'
import { createDraw } from './create-draw.ts'
import { type FalseName, falseValues } from './false-values.ts'

export interface FalseValue {
  readonly name: FalseName
  readonly kind: FoundKind
  /** As it stands in a field of its own. */
  readonly value: string
  readonly said: string
}

export interface FalsePeople {
  /** The false personal data of a round, one of each sort: the same whenever it is asked for. */
  valuesOf(round: number): readonly FalseValue[]
  /** The kinds of false personal data of which something is in the text, of whichever round. */
  findIn(text: string): readonly FoundKind[]
}

/** The values by their names. */
export type FalsePerson = Readonly<Record<FalseName, string>>

export function personOf(values: readonly FalseValue[]): FalsePerson {
  return Object.fromEntries(values.map(({ name, value }) => [name, value])) as FalsePerson
}

/** Derived from a seed: whoever has it knows what to search for, and nothing of it need be stored. */
export function createFalsePeople(seed: string): FalsePeople {
  const draw = createDraw(seed)
  const makers = falseValues.map((maker) => ({ ...maker, own: maker.sign(draw) }))
  const wanted = makers.flatMap(({ kind, own }) => spellings(own).map((text) => ({ kind, text })))
  return {
    valuesOf: (round) =>
      makers.map(({ name, kind, own, ...maker }) => {
        const value = maker.value(own, round)
        return { name, kind, value, said: maker.said(value) }
      }),
    findIn: (text) => [...new Set(wanted.flatMap((one) => (text.includes(one.text) ? [one.kind] : [])))],
  }
}

/** Of fewer figures another number may have them all by chance. */
const RARE_DIGITS = 12

/** As it is, in small letters, percent-encoded, without what stands between its figures, and in base64. */
function spellings(sign: string): readonly string[] {
  const joined = sign.replaceAll(' ', '')
  return [
    ...new Set([
      sign,
      sign.toLowerCase(),
      encodeURIComponent(sign),
      encodeURIComponent(encodeURIComponent(sign)),
      ...(/^\d+$/.test(joined) && joined.length >= RARE_DIGITS ? [joined] : []),
      ...[0, 1, 2].map((before) => inBase64(sign, before)),
    ]),
  ]
}

/** What of the text stands in the base64 of a longer one, in which so many bytes more than a multiple of 3 come before. */
function inBase64(sign: string, before: number): string {
  const encoded = Buffer.from('\0'.repeat(before) + sign).toString('base64')
  const wholeFrom = before === 0 ? 0 : before + 1
  const wholeTo = Math.floor(((before + sign.length) * 4) / 3)
  return encoded.slice(wholeFrom, wholeTo)
}
