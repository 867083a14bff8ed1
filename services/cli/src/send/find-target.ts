import { Fault } from '@millrace/contracts/fault'

export interface Target {
  readonly url: string
  readonly key: string
}

type Env = Readonly<Record<string, string | undefined>>

/** Where to send and with which key: as asked for, else from the environment. */
export async function resolveTarget(asked: Partial<Target>, env: Env): Promise<Target> {
  const url = asked.url ?? env.MILLRACE_URL ?? `http://127.0.0.1:${env.INGEST_PORT || '8080'}`
  const key = asked.key ?? env.MILLRACE_KEY
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new Fault('config_invalid', 'Expected --url (or MILLRACE_URL) like http://127.0.0.1:8080')
  }
  if (!key) throw new Fault('config_invalid', 'Expected a write key: --key or MILLRACE_KEY')
  return { url, key }
}
