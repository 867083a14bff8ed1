import { expect, test } from 'vitest'
import { misspeltVariables } from './misspelt-variables.ts'

test.each([
  ['KAFKA_BROKER', 'KAFKA_BROKERS'],
  ['S3_BUCKETS', 'S3_BUCKET'],
  ['INGEST_PROT', 'INGEST_PORT'],
  ['KAFKA_SASL_USER', 'KAFKA_SASL_USERNAME'],
  ['WRITE_KEY', 'WRITE_KEYS'],
  ['DATABSE_URL', 'DATABASE_URL'],
  ['BUSINESS_TIMEZONE', 'BUSINESS_TIME_ZONE'],
])('%s was meant to be %s', (name, meant) => {
  expect(misspeltVariables({ [name]: 'x' })).toEqual([`${name} is not a setting: did you mean ${meant}?`])
})

test('a variable of our prefixes that is like none of ours is said to be none', () => {
  expect(misspeltVariables({ KAFKA_HEAP_OPTS: '-Xmx1g' })).toEqual([
    'KAFKA_HEAP_OPTS is not a setting: --help lists them',
  ])
})

test('our own variables, those of others and what Kubernetes sets for its services are not spoken of', () => {
  expect(
    misspeltVariables({
      KAFKA_BROKERS: 'a:1',
      BOARD_PORT: '1',
      MILLRACE_URL: 'http://a',
      PATH: '/bin',
      HOST: 'a',
      TEST_KAFKA_BROKERS: 'a:1',
      AWS_REGION: 'eu-west-1',
      KAFKA_BROKER: '',
      BOARD_SERVICE_HOST: '10.0.0.7',
      LOADER_SERVICE_PORT_HTTP: '80',
      BOARD_PORT_8081_TCP_ADDR: '10.0.0.7',
      KAFKA_PORT: 'tcp://10.0.0.7:9092',
    }),
  ).toEqual([])
})
