import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLog } from '../open-log.ts'
import { type KafkaConfig, readKafkaConfig } from './read-kafka-config.ts'

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'

test('without variables nothing is signed in to and nothing encrypted', () => {
  expect(readKafkaConfig({})).toEqual({ prefix: '', compression: 'gzip' })
})

test('TLS files are read, a user signs in', () => {
  const { file } = folder()
  const config: KafkaConfig = {
    KAFKA_PREFIX: 'p.',
    KAFKA_COMPRESSION: 'none',
    KAFKA_REPLICATION: 2,
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: 'u',
    KAFKA_SASL_PASSWORD: 'p',
    KAFKA_TLS: true,
    KAFKA_TLS_CA: file('ca', PEM),
    KAFKA_TLS_CERT: file('cert', PEM),
    KAFKA_TLS_KEY: file('key', PEM),
  }
  expect(readKafkaConfig(config)).toEqual({
    prefix: 'p.',
    compression: 'none',
    replication: 2,
    sasl: { mechanism: 'plain', username: 'u', password: 'p' },
    tls: { ca: PEM, cert: PEM, key: PEM },
  })
})

const plain = { KAFKA_SASL_MECHANISM: 'plain' } as const
test.each<[KafkaConfig, string]>([
  [{ ...plain, KAFKA_SASL_PASSWORD: 'secret' }, 'KAFKA_SASL_USERNAME: expected'],
  [{ ...plain, KAFKA_SASL_USERNAME: 'secret' }, 'KAFKA_SASL_PASSWORD: expected'],
  [{ KAFKA_SASL_USERNAME: 'secret', KAFKA_SASL_PASSWORD: 'secret' }, 'KAFKA_SASL_MECHANISM: expected'],
  [{ KAFKA_TLS: false, KAFKA_TLS_CA: 'secret' }, 'KAFKA_TLS: expected true, as KAFKA_TLS_CA is set'],
  [{ KAFKA_TLS: true, KAFKA_TLS_CERT: 'secret' }, 'KAFKA_TLS_KEY: expected'],
  [{ KAFKA_TLS: true, KAFKA_TLS_KEY: 'secret' }, 'KAFKA_TLS_CERT: expected'],
  [{ KAFKA_TLS: true, KAFKA_TLS_CA: '/not/there/secret' }, 'KAFKA_TLS_CA: the file cannot be read'],
])('%j is refused: %s', (config, words) => {
  const { code, message } = refusal(config)
  expect(code).toBe('config_invalid')
  expect(message).toContain(words)
  expect(message).not.toContain('secret')
})

test('a file that is no PEM is refused by the name of its variable', () => {
  const ca = folder().file('ca', 'not a certificate')
  expect(() => readKafkaConfig({ KAFKA_TLS: true, KAFKA_TLS_CA: ca })).toThrow('KAFKA_TLS_CA: expected')
})

test('a log needs brokers or a database', async () => {
  await expect(openLog({}, { clientName: 'test', now: () => new Date() })).rejects.toThrow(
    'KAFKA_BROKERS or DATABASE_URL',
  )
})

function refusal(config: KafkaConfig): { code?: string; message?: string } {
  try {
    readKafkaConfig(config)
  } catch (error) {
    return error as Error
  }
  return {}
}

function folder(): { file(name: string, text: string): string } {
  const made = mkdtempSync(path.join(tmpdir(), 'kafka-config-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return {
    file(name, text) {
      writeFileSync(path.join(made, name), text)
      return path.join(made, name)
    },
  }
}
