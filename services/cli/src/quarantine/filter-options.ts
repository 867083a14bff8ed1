import { type Command, InvalidArgumentError } from 'commander'

export interface FilterFlags {
  readonly code?: string
  readonly id?: string
  readonly limit: number
  readonly json?: boolean
}

/** What list and retry have in common. */
export function withFilter(command: Command, limit: number): Command {
  return command
    .option('--code <code>', 'only of this reason, as schema_invalid')
    .option('--id <uuid>', 'only the event of this id', uuid)
    .option('--limit <events>', 'at most so many, oldest first', whole, limit)
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new InvalidArgumentError('Expected a uuid.')
  return text
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number above 0.')
  return value
}
