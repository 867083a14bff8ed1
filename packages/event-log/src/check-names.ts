import { Fault } from '@millrace/contracts/fault'
import type { ConsumeOptions } from './event-log.ts'

const NAME = /^[A-Za-z0-9._-]{1,200}$/

/** @throws Fault `config_invalid` when a topic or the group has a name that the port does not take. */
export function checkConsume({ topics, group }: ConsumeOptions): void {
  checkName('group', group)
  for (const topic of topics) checkName('topic', topic)
}

/** @throws Fault `config_invalid` */
export function checkName(field: 'topic' | 'group', name: string): void {
  if (NAME.test(name)) return
  throw new Fault('config_invalid', `${field}: expected 1 to 200 of letters, digits, ".", "_" and "-"`)
}
