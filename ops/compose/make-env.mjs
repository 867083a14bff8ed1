// `node ops/compose/make-env.mjs > .env`: the secrets that docker-compose.yml asks for, made at random.
import { randomBytes } from 'node:crypto'

const secret = (bytes = 24) => randomBytes(bytes).toString('hex')
const writeKeys = [
  { key: `sk_${secret()}`, source: 'server', kind: 'secret', historical: true },
  { key: `pk_${secret()}`, source: 'web', kind: 'public' },
]
const canaryKey = { key: `sk_${secret()}`, source: 'canary', kind: 'secret', canary: true }

const lines = {
  PSEUDONYM_KEY: secret(32),
  WRITE_KEYS: `'${JSON.stringify([...writeKeys, canaryKey])}'`,
  PUBLIC_WRITE_KEY: writeKeys[1].key,
  CANARY_WRITE_KEY: canaryKey.key,
  POSTGRES_PASSWORD: secret(),
  REDIS_PASSWORD: secret(),
  S3_ACCESS_KEY: secret(10),
  S3_SECRET_KEY: secret(),
  GRAFANA_PASSWORD: secret(12),
  SUPERSET_SECRET_KEY: secret(32),
  SUPERSET_PASSWORD: secret(12),
}
for (const [name, value] of Object.entries(lines)) process.stdout.write(`${name}=${value}\n`)
