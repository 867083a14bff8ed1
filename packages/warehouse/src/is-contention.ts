/** serialization_failure, deadlock_detected, lock_not_available */
const CONTENTION = new Set<unknown>(['40001', '40P01', '55P03'])

/** Whether an error says that others held what was wanted: weather, the same again. */
export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONTENTION.has(error.code)
}
