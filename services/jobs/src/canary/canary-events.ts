import { type FalsePerson, type FalseValue, personOf } from './false-people.ts'

export type CanaryEvent = Readonly<Record<string, unknown>>

/** The event of a round: one of these forms after the other, so that all places of an event have their turn. */
export function canaryEvent(values: readonly FalseValue[], round: number): CanaryEvent {
  const form = FORMS[round % FORMS.length] as Form
  const person = personOf(values)
  return { userId: person.email, anonymousId: person.visitor, ...form(person, values) }
}

/** An event that every contract refuses, for the quarantine. */
export function refusedCanaryEvent(values: readonly FalseValue[]): CanaryEvent {
  const person = personOf(values)
  return {
    ...{ type: 'track', event: 'search_performed', userId: person.email, previousId: person.phone },
    sessionId: person.visitor,
    originalTimestamp: sayAll(values.filter(({ name }) => name === 'birthDate')),
    properties: {
      query: values.map(({ said }) => said),
      [person.email]: person.street,
      full_name: person.lastName,
    },
    context: { page: { title: sayAll(values) }, ip: person.ip, [person.phone]: [person.card] },
  }
}

/** Rounds after which every form was sent. */
export const CANARY_FORMS = 6

type Form = (person: FalsePerson, values: readonly FalseValue[]) => CanaryEvent

const FORMS: readonly Form[] = [customEvent, pageView, search, feedback, identify, failure]

function customEvent(person: FalsePerson, values: readonly FalseValue[]): CanaryEvent {
  const all = sayAll(values)
  return {
    type: 'track',
    event: 'canary_sent',
    properties: {
      note: all,
      bytes: Buffer.from(all).toString('base64'),
      json: JSON.stringify({ profile: { email: person.email, phone: person.phone }, note: all }),
      link: `https://shop.example/account?mail=${twice(person.email)}&back=${twice(all)}#${twice(person.jwt)}`,
      ...fieldsOf(person),
      contacts: [{ ...fieldsOf(person), remarks: [all, { deeper: [all] }] }],
    },
    context: { page: pageOf(person), campaign: { term: person.email } },
  }
}

function pageView(person: FalsePerson, values: readonly FalseValue[]): CanaryEvent {
  return {
    type: 'page',
    name: part(values, 0),
    properties: { title: part(values, 1), url: pageOf(person).url, referrer: pageOf(person).referrer },
    context: { page: { ...pageOf(person), title: part(values, 2) }, ip: person.ip },
  }
}

function search(person: FalsePerson, values: readonly FalseValue[]): CanaryEvent {
  return {
    ...{ type: 'track', event: 'search_performed', sessionId: person.visitor },
    properties: { query: part(values, 0), email: person.email },
    context: {
      page: pageOf(person),
      campaign: { source: person.email, name: person.phone, term: person.card, content: person.iban },
      userAgent: `Mozilla/5.0 (compatible; canary; ${person.email})`,
    },
  }
}

function feedback(person: FalsePerson, values: readonly FalseValue[]): CanaryEvent {
  return {
    ...{ type: 'track', event: 'feedback_submitted' },
    properties: {
      kind: 'csat',
      score: 4,
      comment: sayAll(values),
      orderId: person.email,
      boxId: person.card,
    },
    context: { page: { title: part(values, 1) } },
  }
}

function identify(person: FalsePerson): CanaryEvent {
  return { type: 'identify', traits: { ...fieldsOf(person), plan: person.email, channel: person.phone } }
}

function failure(person: FalsePerson, values: readonly FalseValue[]): CanaryEvent {
  return {
    ...{ type: 'track', event: 'error_occurred' },
    properties: { code: person.email, message: sayAll(values) },
    context: { page: pageOf(person), library: { name: person.email, version: person.card } },
  }
}

/** As forms of websites name their fields. */
function fieldsOf(person: FalsePerson) {
  return {
    ...{
      email: person.email,
      phone: person.phone,
      cardNumber: person.card,
      iban: person.iban,
      ip: person.ip,
    },
    ...{ ipAddress: person.ipv6, ssn: person.ssn, token: person.jwt, apiKey: person.apiKey },
    ...{ authorization: `Bearer ${person.bearer}`, password: person.password, first_name: person.firstName },
    ...{ lastName: person.lastName, address: { street: person.street }, dob: person.birthDate },
  }
}

function pageOf({ email, phone, password, ip, jwt, apiKey }: FalsePerson) {
  return {
    url: `https://shop.example/u/${encodeURIComponent(email)}/orders?email=${twice(email)}&token=${jwt}#password=${encodeURIComponent(password)}`,
    path: `/u/${encodeURIComponent(email)}/orders`,
    referrer: `https://login:${encodeURIComponent(password)}@mail.example/?phone=${encodeURIComponent(phone)}&api_key=${apiKey}`,
    search: `?q=${encodeURIComponent(email)}&from=${ip}`,
  }
}

function twice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text))
}

function sayAll(values: readonly FalseValue[]): string {
  return values.map(({ said }) => said).join(' ')
}

/** A third of what there is to say: short enough for every field. */
function part(values: readonly FalseValue[], which: 0 | 1 | 2): string {
  return sayAll(values.filter((_, index) => index % 3 === which))
}
