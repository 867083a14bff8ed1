import { createRandom, type Random } from './random.ts'
import { KINDS, type Kind, type Split } from './split.ts'
import { createValues, type Values } from './values.ts'

/** A record in the shape of the labelled set. */
export interface LabelledRecord {
  readonly id: string
  readonly kind: 'positive' | 'negative'
  readonly category: string
  readonly template: string
  readonly text_or_event: unknown
  readonly pii: readonly { readonly type: string; readonly value: string }[]
  readonly must_keep: readonly string[]
}

interface Placed {
  readonly template: string
  readonly body: unknown
  readonly value: string
  readonly keep: readonly string[]
}

const EVENTS = ['page_view', 'feedback', 'error', 'sign_up', 'purchase', 'search', 'login']

/** `perKind` records of each kind of personal data and as many of each look-alike, always the same for one split and seed. */
export function makeRecords(split: Split, perKind: number, seed = split.seed): LabelledRecord[] {
  const random = createRandom(seed)
  const values = createValues({ ...split, seed }, random)
  const made: Omit<LabelledRecord, 'id'>[] = []
  for (const kind of KINDS)
    for (let i = 0; i < perKind; i++) made.push(positive(kind, i, split, values, random))
  for (let i = 0; i < perKind; i++) made.push(mixed(split, values, random))
  for (const [category, make] of Object.entries(split.lookAlikes))
    for (let i = 0; i < perKind; i++) {
      const { value, keep } = make(random)
      made.push({ kind: 'negative', category, template: '', pii: [], ...inEvent(value, keep, random) })
    }
  return made.map((record, i) => ({ id: `h${String(i).padStart(5, '0')}`, ...record }))
}

function positive(
  kind: Kind,
  i: number,
  split: Split,
  values: Values,
  random: Random,
): Omit<LabelledRecord, 'id'> {
  const { template, body, value, keep } = place(kind, i, split, values, random)
  return {
    kind: 'positive',
    category: kind,
    template,
    pii: [{ type: kind, value }],
    ...inEvent(body, keep, random),
  }
}

/** In a text, in a field, in a URL once or twice encoded, in its fragment, in JSON inside a string. */
function place(kind: Kind, i: number, split: Split, values: Values, random: Random): Placed {
  const value = values[kind]()
  const key = random.pick(split.keys[kind])
  const product = random.pick(split.products)
  const extra = { plan: 'monthly', sku: random.form('#####'), title: product }
  const kept = ['monthly', extra.sku, product]
  const texts = split.texts[kind] ?? []
  const way = i % 10
  if (way < 5 && texts.length > 0) return inText(random.pick(texts), value, product, random)
  if (way < 7) return { template: `key:${key}`, body: { [key]: value, ...extra }, value, keep: kept }
  const url = (query: string) =>
    `https://shop.example.com/checkout?utm_source=newsletter&sku=${extra.sku}&${query}`
  const once = encodeURIComponent(value)
  if (way === 7)
    return {
      template: `url:${key}`,
      body: { url: url(`${key}=${once}`), title: product },
      value: once,
      keep: ['utm_source=newsletter', `sku=${extra.sku}`, product],
    }
  if (way === 8) {
    const next = encodeURIComponent(`/pay?${key}=${once}`)
    return {
      template: `url2:${key}`,
      body: { href: `${url(`next=${next}`)}#top`, title: product },
      value,
      keep: ['utm_source=newsletter', product],
    }
  }
  const body = { payload: JSON.stringify({ [key]: value, sku: extra.sku, plan: 'monthly' }), title: product }
  return { template: `json:${key}`, body, value, keep: [extra.sku, product, 'monthly'] }
}

function inText(template: string, value: string, product: string, random: Random): Placed {
  const order = random.form('4#########')
  const inUrl = /:\/\/[^ ]*\{v\}|[?&][^ ]*\{v\}/.test(template)
  const shown = inUrl && /[^\w.~!*'()[\]:-]/.test(value) ? encodeURIComponent(value) : value
  const text = template
    .replace('{v}', () => shown)
    .replace('{p}', () => product)
    .replace('{o}', () => order)
  const keep = [...(template.includes('{p}') ? [product] : []), ...(template.includes('{o}') ? [order] : [])]
  const body = random.chance(0.3)
    ? text
    : { [random.pick(['comment', 'message', 'note', 'reason'])]: text, rating: 3 }
  return { template: `txt:${template}`, body, value: shown, keep }
}

function mixed(split: Split, values: Values, random: Random): Omit<LabelledRecord, 'id'> {
  const [product, order] = [random.pick(split.products), random.form('############')]
  const pii = (['person_name', 'street_address', 'phone', 'email', 'credit_card', 'ipv4'] as const).map(
    (type) => ({ type, value: values[type]() }),
  )
  const [name, street, phone, mail, card, ip] = pii.map(({ value }) => value)
  const body = {
    order_id: order,
    items: [{ sku: 'A-1', name: product, qty: 2 }],
    customer: { name, phone, email: mail },
    delivery: { street, city: 'Wien', country: 'AT' },
    payment: { method: 'card', number: card },
    request: { ip, path: '/checkout' },
  }
  return {
    kind: 'positive',
    category: 'mixed',
    template: 'mixed',
    pii,
    ...inEvent(body, [order, 'A-1', product, '/checkout', 'card'], random),
  }
}

/** Texts stand alone, properties in an event whose own fields have to survive. */
function inEvent(
  body: unknown,
  keep: readonly string[],
  random: Random,
): Pick<LabelledRecord, 'text_or_event' | 'must_keep'> {
  if (typeof body === 'string') return { text_or_event: body, must_keep: keep }
  const event = {
    event_id: random.form('xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'),
    event_type: random.pick(EVENTS),
    timestamp: `2026-0${random.whole(1, 9)}-1${random.whole(0, 9)}T${random.form('1#:2#:3#.###')}Z`,
    session_id: `s_${random.form('xxxxxxxxxxxxxxxx')}`,
  }
  return { text_or_event: { ...event, properties: body }, must_keep: [...Object.values(event), ...keep] }
}
