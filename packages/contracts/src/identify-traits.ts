import { z } from 'zod'
import { countryCode } from './countries.ts'
import { textField } from './field.ts'

/** What identify may say of a person; every other trait is dropped. */
export const IdentifyTraits = z.object({
  plan: textField(100).optional(),
  channel: textField(100).optional(),
  /** ISO 3166-1 alpha-2 after parsing, `ZZ` for everything else. */
  country: textField(100).transform(countryCode).optional(),
})
export type IdentifyTraits = z.output<typeof IdentifyTraits>
