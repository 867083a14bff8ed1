import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startIngest } from './ingest-fixture.ts'

let api: Awaited<ReturnType<typeof startIngest>>
beforeAll(async () => {
  api = await startIngest()
})
afterAll(() => api.close())

async function documentAt(path: string) {
  const response = await fetch(`${api.url}${path}`)
  expect(response.status).toBe(200)
  return { headers: response.headers, text: await response.text() }
}

test('openapi.json is the document of this version, and names every path that takes events', async () => {
  const { headers, text } = await documentAt('/openapi.json')
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  const document = JSON.parse(text)
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1/), info: { version: '0.0.0-test' } })
  for (const path of Object.keys(document.paths).filter((name) => name.startsWith('/v1/'))) {
    const response = await fetch(`${api.url}${path}`, { method: 'POST' })
    expect([path, response.status]).toEqual([path, 400])
  }
})

test('docs shows every request and every body to a reader without JavaScript', async () => {
  const { headers, text } = await documentAt('/docs')
  const document = JSON.parse((await documentAt('/openapi.json')).text)
  expect(headers.get('content-type')).toMatch(/^text\/html/)
  for (const path of Object.keys(document.paths)) expect(text).toContain(`${path}</code>`)
  for (const name of Object.keys(document.components.schemas)) {
    expect(text).toContain(`<section id="${name}">`)
  }
  for (const status of ['202', '400', '401', '403', '408', '413', '415', '429', '503']) {
    expect(text).toContain(`<code>${status}</code>`)
  }
  expect(text).toContain('<code>properties.lines[].sku</code>')
  const anchors = [...text.matchAll(/href="#([^"]+)"/g)].map(([, name]) => name)
  for (const name of anchors) expect(text).toContain(`id="${name}"`)
})

test('docs loads nothing and runs nothing, and its style is allowed', async () => {
  const { headers, text } = await documentAt('/docs')
  expect(text).not.toMatch(/<script|<link|<img|@import|url\(|style="/)
  expect([...text.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, to]) => to)).toEqual(['/openapi.json'])
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  expect(headers.get('content-security-policy')).toContain(
    `style-src 'sha256-${Buffer.from(digest).toString('base64')}'`,
  )
})

test('docs says of each field what becomes of it, by the policy in force', async () => {
  const ruled = await startIngest({
    policy: {
      rules: [
        {
          source: '*',
          event: 'feedback_submitted',
          field: 'properties.comment',
          do: 'drop',
          why: 'Not <b>ours</b>.',
        },
        { source: 'shop', event: '*', field: 'context.page.title', do: 'mask' },
        { source: '*', event: 'custom:quiz', field: 'properties.born', do: 'cut', to: 'year' },
      ],
    },
  })
  onTestFinished(() => ruled.close())
  const { text } = await documentAt('/docs')
  const page = await (await fetch(`${ruled.url}/docs`)).text()
  const rowOf = (html: string, body: string, field: string): string | undefined =>
    html
      .split(`<section id="${body}">`)[1]
      ?.split('</section>')[0]
      ?.split('<tr>')
      .find((row) => row.includes(`<code>${field}</code>`))
  expect(rowOf(text, 'feedback_submitted', 'properties.comment')).toContain('searched; what is found becomes')
  expect(rowOf(page, 'feedback_submitted', 'properties.comment')).toContain('dropped: Not &lt;b&gt;ours')
  expect(rowOf(text, 'order_completed', 'properties.lines[].sku')).toContain(
    'a keyed hash where something is found',
  )
  expect(rowOf(page, 'Context', 'page.title')).toContain('from the source shop: becomes <code>[kind]</code>')
  expect(rowOf(page, 'Context', 'ip')).toContain('cut to its network')
  expect(rowOf(page, 'Envelope', 'userId')).toContain('becomes a keyed pseudonym')
  expect(rowOf(text, 'identify', 'traits.plan')).toContain('searched')
  expect(page).toContain('<code>properties.born</code> of <code>quiz</code>: cut to its year.')
})
