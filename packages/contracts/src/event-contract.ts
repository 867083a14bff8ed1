import type { z } from 'zod'

/** What Millrace promises about one event of its catalogue. */
export interface EventContract<Name extends string = string, Schema extends z.ZodType = z.ZodType> {
  /** snake_case, past tense. */
  readonly name: Name
  /** One line, for people. */
  readonly description: string
  /** A person does it, so it makes them active on its day (docs/design.md section 5). */
  readonly activity: boolean
  /** Refused from a public key. */
  readonly secretOnly: boolean
  /** Its properties; whatever is not declared is dropped. */
  readonly schema: Schema
  /** Properties as a client sends them, for the documentation. */
  readonly example: z.input<Schema>
}

export function defineEvent<const Name extends string, Schema extends z.ZodType>(
  contract: EventContract<Name, Schema>,
): EventContract<Name, Schema> {
  return contract
}
