import { randomUUID } from 'node:crypto'
import { eventCatalogue } from '@millrace/contracts/event-catalogue'
import { eventJsonSchema } from '@millrace/contracts/json-schema'
import fc from 'fast-check'
import { arbitraryOf } from './json-schema-arbitrary.ts'
import { anyPiece, barePiece, type Piece, plainId } from './personal-data.ts'

/** An event as a client sends it, and what may be found of it nowhere. */
export interface PlantedEvent {
  readonly event: Readonly<Record<string, unknown>>
  readonly needles: readonly string[]
}

type Fields = Record<string, unknown>
type Json = Fields | readonly unknown[]

const now = Date.now()
const time = fc.integer({ min: 0, max: 80_000_000 }).map((ms) => new Date(now - ms).toISOString())

const custom = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    plainId,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('note', 'items', 'label', 'detail', 'x', 'name', 'text'), tie('value'), {
      maxKeys: 3,
    }),
  ),
})).value

const properties: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...Object.fromEntries(eventCatalogue.map(({ name }) => [name, arbitraryOf(eventJsonSchema(name) ?? {})])),
  something_happened: fc.dictionary(fc.constantFrom('note', 'first', 'second', 'third'), custom, {
    minKeys: 1,
  }),
}

const track = fc.constantFrom(...Object.keys(properties)).chain((event) =>
  fc.record({
    type: fc.constant('track'),
    event: fc.constant(event),
    properties: properties[event] as fc.Arbitrary<unknown>,
  }),
)
const identify = fc.record({
  type: fc.constant('identify'),
  traits: fc.record(
    { plan: plainId, channel: plainId, country: plainId, note: plainId },
    { requiredKeys: [] },
  ),
})
const page = fc.record({
  type: fc.constantFrom('page', 'screen'),
  name: plainId,
  properties: fc.record(
    { title: plainId, path: plainId, url: plainId, referrer: plainId },
    { requiredKeys: [] },
  ),
})
const alias = fc.record({ type: fc.constant('alias'), previousId: plainId })
const group = fc.record({
  type: fc.constant('group'),
  groupId: plainId,
  traits: fc.record({ company: plainId }),
})

const context = fc.record(
  {
    page: fc.record(
      { url: plainId, path: plainId, title: plainId, referrer: plainId, search: plainId },
      { requiredKeys: [] },
    ),
    campaign: fc.record(
      { source: plainId, medium: plainId, name: plainId, term: plainId, content: plainId },
      { requiredKeys: [] },
    ),
    location: fc.record({ country: fc.constant('AT') }),
    locale: fc.constant('de-AT'),
    timezone: fc.constant('Europe/Vienna'),
    userAgent: plainId,
    ip: fc.constant('198.51.100.0'),
    library: fc.record({ name: plainId, version: plainId }),
    device: fc.record({ advertisingId: plainId }),
  },
  { requiredKeys: [] },
)

const ids = fc.record(
  { userId: plainId, anonymousId: plainId, sessionId: plainId },
  { requiredKeys: ['userId'] },
)
const base = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: track },
      { weight: 2, arbitrary: identify },
      { weight: 2, arbitrary: page },
      { weight: 1, arbitrary: alias },
      { weight: 1, arbitrary: group },
    ),
    ids,
    fc.option(context, { nil: undefined }),
    time,
  )
  .map(
    ([event, people, around, originalTimestamp]): Fields => ({
      ...{ ...event, ...people, originalTimestamp },
      ...(around && { context: around }),
    }),
  )

/** How a piece is written. */
const form = fc.constantFrom('bare', 'said', 'said', 'link', 'twice', 'base64', 'json')
type Form = 'bare' | 'said' | 'link' | 'twice' | 'base64' | 'json'

function write({ bare, said, needles }: Piece, how: Form): { text: string; needles: readonly string[] } {
  const once = encodeURIComponent(said)
  const encoded = needles.flatMap((needle) => [needle, encodeURIComponent(needle)])
  switch (how) {
    case 'bare':
      return { text: bare ?? said, needles }
    case 'said':
      return { text: said, needles }
    case 'link':
      return { text: `https://shop.example/search?page=2&note=${once}&sort=price`, needles: encoded }
    case 'twice':
      return { text: `/search?back=${encodeURIComponent(`/a?q=${once}`)}#top`, needles: encoded }
    case 'base64': {
      const text = Buffer.from(said).toString('base64')
      return { text, needles: [...needles, text.slice(0, 24)] }
    }
    case 'json':
      return { text: JSON.stringify({ profile: { note: said } }), needles }
  }
}

interface Plant {
  readonly at: number
  readonly piece: Piece
  readonly how: Form
}
const plant = (piece: fc.Arbitrary<Piece>): fc.Arbitrary<Plant> =>
  fc.record({ at: fc.nat(), piece, how: form })

/** What is done to an event beside replacing its texts. */
const EXTRAS: Readonly<Record<string, (event: Fields, text: string, piece: Piece) => void>> = {
  undeclared: (event, text) => Object.assign(within(event, 'properties'), { remark: text }),
  nested: (event, text) =>
    Object.assign(within(event, 'properties'), { list: [{ deep: { deeper: [text] } }] }),
  emailField: (event, text) => Object.assign(within(event, 'properties'), { e_mail: text }),
  traits: (event, text) => Object.assign(within(event, 'traits'), { remark: text, plan: text.slice(0, 100) }),
  context: (event, text) => Object.assign(within(event, 'context'), { remark: { text } }),
  key: (event, _text, { bare, said }) => Object.assign(within(event, 'properties'), { [bare ?? said]: 1 }),
  contextKey: (event, _text, { bare, said }) =>
    Object.assign(within(event, 'context'), { [bare ?? said]: { a: 1 } }),
  topKey: (event, text, { bare, said }) => Object.assign(event, { [bare ?? said]: text }),
  messageId: (event, _text, { bare, said }) =>
    Object.assign(event, { messageId: `${bare ?? said} ${randomUUID()}` }),
  name: (event, text) => Object.assign(event, { event: text }),
  // From here on nobody takes the event.
  wrongType: (event, text) => Object.assign(event, { properties: [text] }),
  wrongField: (event, text) =>
    Object.assign(event, { event: 'search_performed', type: 'track', properties: { query: [text] } }),
  time: (event, text) => Object.assign(event, { originalTimestamp: `21.11.2026 ${text}` }),
  old: (event, text) => Object.assign(event, { originalTimestamp: '2020-02-02T02:02:02Z', name: text }),
  large: (event, text) =>
    Object.assign(event, { properties: { note: `${text} `.repeat(Math.ceil(40_000 / text.length)) } }),
  type: (event, text) => Object.assign(event, { type: text }),
  nobody: (event, text) => Object.assign(event, { userId: '', anonymousId: null, name: text }),
  consent: (event, text) =>
    Object.assign(within(event, 'context'), { consent: { categoryPreferences: { [text]: 'yes' } } }),
}

function within(event: Fields, name: string): Fields {
  const known = event[name]
  if (typeof known !== 'object' || known === null || Array.isArray(known)) event[name] = {}
  return event[name] as Fields
}

/** Places whose text is replaced: all there are, by path. */
function textPlaces(value: Json, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...path, key]
    if (typeof inner === 'string') return FORM_OF_EVENT.has(place.join('.')) ? [] : [place]
    return typeof inner === 'object' && inner !== null ? textPlaces(inner as Json, place) : []
  })
}

const FORM_OF_EVENT = new Set(['type', 'event', 'originalTimestamp'])

function put(event: Fields, place: readonly (string | number)[], text: string): void {
  const last = place.at(-1) as string
  const holder = place.slice(0, -1).reduce<Fields>((inner, key) => inner[key] as Fields, event)
  holder[last] = text
}

/** Events of every contract and of none, with personal data in any text, name or id; one in four is also refused. */
export const plantedEvent: fc.Arbitrary<PlantedEvent> = fc
  .tuple(
    base,
    fc.array(plant(anyPiece), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...Object.keys(EXTRAS)), plant(barePiece)), { maxLength: 1 }),
  )
  .map(([given, plants, extras]) => {
    const event: Fields = { messageId: randomUUID(), ...structuredClone(given) }
    const places = textPlaces(event)
    const needles: string[] = []
    for (const { at, piece, how } of plants) {
      const written = write(piece, how)
      put(event, places[at % places.length] ?? ['name'], written.text)
      needles.push(...written.needles)
    }
    for (const [extra, { piece, how }] of extras) {
      const written = write(piece, how)
      EXTRAS[extra]?.(event, written.text, piece)
      needles.push(...written.needles)
    }
    return { event, needles: [...new Set(needles)] }
  })
