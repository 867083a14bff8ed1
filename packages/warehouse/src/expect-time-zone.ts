import { Fault } from '@millrace/contracts/fault'

/**
 * A service counts days of the zone whose days the database keeps; one that was never migrated keeps none yet.
 * @throws Fault `config_invalid` when it would count others.
 */
export function expectTimeZone(timeZone: string, kept: string | null | undefined): void {
  if (!kept || kept === timeZone) return
  throw new Fault(
    'config_invalid',
    `BUSINESS_TIME_ZONE is ${timeZone}, but the days in this database are days in ${kept}: set it to ${kept}`,
  )
}
