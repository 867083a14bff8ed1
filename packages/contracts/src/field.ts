import { z } from 'zod'

/**
 * How a string field may hold personal data, and so what packages/scrub does with it:
 * `text` is searched, and what is found is replaced inside it; `id` is kept as it is unless a detector hits, then
 * the whole of it becomes a keyed hash, so that joins still work; `url` is a path or referrer, cut of its query.
 */
export type Pii = 'text' | 'id' | 'url'

declare module 'zod' {
  interface GlobalMeta {
    pii?: Pii
  }
}

export const MAX_TEXT = 500
const MAX_ID = 200
export const MAX_URL = 4096

/** Words that a person may have written. */
export function textField(maxLength: number = MAX_TEXT) {
  return z.string().max(maxLength).meta({ pii: 'text' })
}

/** A key of the sender's own systems; never empty. */
export function idField(maxLength: number = MAX_ID) {
  return z.string().min(1).max(maxLength).meta({ pii: 'id' })
}

/** A path, an address or a referrer. */
export function urlField() {
  return z.string().max(MAX_URL).meta({ pii: 'url' })
}
