import { z } from 'zod'
import { currencyExponent } from './currencies.ts'

const MAX_MINOR = 1e12

/** An amount in minor units of its currency: 1299 is 12.99 EUR and 1299 JPY. */
export const AmountMinor = z.int().min(0).max(MAX_MINOR)

/** An amount of one line of an order: a discount is a line with an amount below zero. */
export const LineAmountMinor = z.int().min(-MAX_MINOR).max(MAX_MINOR)

/** What an issue of an unknown currency carries in `params.code`. */
export const CURRENCY_UNKNOWN = 'currency_unknown'

/** ISO 4217, in any case; upper case after parsing. Three letters of no currency are `currency_unknown`. */
export const Currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'expected a currency of 3 letters, as in ISO 4217')
  .toUpperCase()
  .refine((code) => currencyExponent(code) !== undefined, {
    error: 'expected an active currency of ISO 4217',
    params: { code: CURRENCY_UNKNOWN },
  })
