const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** True for a uuid as we write them: in small letters. Postgres refuses a whole statement for one that is none. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}
