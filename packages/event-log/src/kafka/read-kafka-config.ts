import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Fault } from '@millrace/contracts/fault'
import type { KafkaConnection } from './connection.ts'

/** The variables of `logFields` of the runtime, but for the brokers. */
export interface KafkaConfig {
  readonly KAFKA_PREFIX?: string | undefined
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined
  readonly KAFKA_SASL_USERNAME?: string | undefined
  readonly KAFKA_SASL_PASSWORD?: string | undefined
  readonly KAFKA_TLS?: boolean | undefined
  readonly KAFKA_TLS_CA?: string | undefined
  readonly KAFKA_TLS_CERT?: string | undefined
  readonly KAFKA_TLS_KEY?: string | undefined
  readonly KAFKA_COMPRESSION?: 'gzip' | 'none' | undefined
  readonly KAFKA_REPLICATION?: number | undefined
}

export interface KafkaSettings {
  readonly prefix: string
  readonly compression: 'gzip' | 'none'
  readonly replication?: number
  readonly sasl?: NonNullable<KafkaConnection['sasl']>
  readonly tls?: ConnectionOptions
}

/**
 * What the variables say, with the TLS files read.
 * @throws Fault `config_invalid` that names the variable, never its value.
 */
export function readKafkaConfig(config: KafkaConfig): KafkaSettings {
  const sasl = readSasl(config)
  const tls = readTls(config)
  return {
    prefix: config.KAFKA_PREFIX ?? '',
    compression: config.KAFKA_COMPRESSION ?? 'gzip',
    ...(config.KAFKA_REPLICATION ? { replication: config.KAFKA_REPLICATION } : {}),
    ...(sasl ? { sasl } : {}),
    ...(tls ? { tls } : {}),
  }
}

function readSasl(config: KafkaConfig): KafkaConnection['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = config
  const { KAFKA_SASL_PASSWORD: password } = config
  if (!mechanism) {
    if (!username && !password) return undefined
    throw new Fault(
      'config_invalid',
      'KAFKA_SASL_MECHANISM: expected plain, scram-sha-256 or scram-sha-512, as KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD is set',
    )
  }
  if (username && password) return { mechanism, username, password }
  const missing = username ? 'KAFKA_SASL_PASSWORD' : 'KAFKA_SASL_USERNAME'
  throw new Fault('config_invalid', `${missing}: expected, as KAFKA_SASL_MECHANISM is set`)
}

function readTls(config: KafkaConfig): ConnectionOptions | undefined {
  const { KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key } = config
  if (!config.KAFKA_TLS) {
    const set = Object.entries({ KAFKA_TLS_CA: ca, KAFKA_TLS_CERT: cert, KAFKA_TLS_KEY: key }).find(
      ([, path]) => path,
    )
    if (!set) return undefined
    throw new Fault('config_invalid', `KAFKA_TLS: expected true, as ${set[0]} is set`)
  }
  if (!cert !== !key) {
    const [missing, given] = cert ? ['KAFKA_TLS_KEY', 'KAFKA_TLS_CERT'] : ['KAFKA_TLS_CERT', 'KAFKA_TLS_KEY']
    throw new Fault('config_invalid', `${missing}: expected, as ${given} is set`)
  }
  return {
    ...(ca ? { ca: readPem('KAFKA_TLS_CA', ca) } : {}),
    ...(cert ? { cert: readPem('KAFKA_TLS_CERT', cert) } : {}),
    ...(key ? { key: readPem('KAFKA_TLS_KEY', key) } : {}),
  }
}

function readPem(variable: string, path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Fault('config_invalid', `${variable}: the file cannot be read (${code})`, { cause })
  }
  if (text.includes('-----BEGIN ')) return text
  throw new Fault('config_invalid', `${variable}: expected the path of a PEM file`)
}
