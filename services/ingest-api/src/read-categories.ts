import { DEFAULT_CATEGORIES } from './consent.ts'

/**
 * The categories of a site that stand for analytics, from a list with commas, in lower case: consent platforms have names
 * or codes of their own (OneTrust's is `C0002`), and Segment's libraries send what they are given.
 */
export function readCategories(list: string): ReadonlySet<string> {
  const names = list.split(',').map((name) => name.trim().toLowerCase())
  return new Set([...DEFAULT_CATEGORIES, ...names.filter((name) => name !== '')])
}
