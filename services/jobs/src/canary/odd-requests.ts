import { type FalseValue, personOf } from './false-people.ts'

export interface OddRequest {
  /** With its query. */
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What of a request is neither its path nor its body, with personal data wherever there is room. */
export function headersOf(values: readonly FalseValue[]) {
  const { email, phone, card, jwt, ip } = personOf(values)
  return {
    query: new URLSearchParams({ email, phone, card, token: jwt }).toString(),
    headers: {
      'user-agent': `Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0 (of ${email}, ${phone})`,
      traceparent: `00-${email}-${card}-01`,
      tracestate: `vendor=${encodeURIComponent(email)}`,
      baggage: `user=${encodeURIComponent(email)},card=${card}`,
      'x-request-id': card,
      'x-forwarded-for': ip,
      referer: `https://shop.example/?email=${encodeURIComponent(email)}`,
      cookie: `session=${jwt}; mail=${encodeURIComponent(email)}`,
    },
  }
}

/** Requests of clients that are broken: nothing of them may be kept at all. */
export function oddRequests(values: readonly FalseValue[], writeKey: string): readonly OddRequest[] {
  const said = values.map((one) => one.said).join(' ')
  const { headers, query } = headersOf(values)
  const { email } = personOf(values)
  const json = { ...headers, 'content-type': 'application/json' }
  return [
    // A body that is no JSON, half of one, and one in another form.
    { path: '/v1/events', method: 'POST', headers: { ...json, 'x-write-key': writeKey }, body: said },
    {
      ...{ path: '/v1/events', method: 'POST' },
      headers: { ...json, 'x-write-key': writeKey },
      body: `[{"event":"canary_sent","userId":"${email}","properties":{"note":"${said}`,
    },
    {
      ...{ path: '/v1/track', method: 'POST' },
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'x-write-key': writeKey },
      body: query,
    },
    // A key that is somebody's address, and paths that are not there.
    { path: '/v1/events', method: 'POST', headers: { ...json, 'x-write-key': email }, body: '[]' },
    { path: `/v1/events/${encodeURIComponent(email)}?${query}`, method: 'GET', headers },
    { path: `/docs/${encodeURIComponent(said)}?${query}`, method: 'GET', headers },
  ]
}
