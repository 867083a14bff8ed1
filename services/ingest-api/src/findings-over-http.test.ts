import { expect, onTestFinished, test } from 'vitest'
import { event, post, startIngest } from './ingest-fixture.ts'

test('what was found is counted by source and kind, of refused events too, and told in the record', async () => {
  const counting = await startIngest()
  onTestFinished(() => counting.close())
  const { log, registry } = counting
  const sent = [
    event({ properties: { query: 'jane.doe@example.com or +43 664 1234567' } }),
    event({ properties: { query: 'oat milk' }, context: { page: { title: 'For jane.doe@example.com' } } }),
    event({ properties: { query: ['jane.doe@example.com'] } }),
    event(),
  ]
  await post(`${counting.url}/v1/events`, sent)
  expect(log.events().map(({ findings }) => findings?.map(({ field, kind }) => `${field} ${kind}`))).toEqual([
    ['properties.query email', 'properties.query phone'],
    ['context.page.title email'],
    undefined,
  ])
  expect(log.quarantined()[0]?.findings).toEqual([
    { field: 'properties.query.*', kind: 'email', treatment: 'mask' },
  ])
  const metrics = await registry.metrics()
  expect(metrics).toContain('pii_found_total{source="web",kind="email"} 3')
  expect(metrics).toContain('pii_found_total{source="web",kind="phone"} 1')
})
