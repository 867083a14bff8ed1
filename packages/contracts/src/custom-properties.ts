import { isCleanText, weigh } from './weigh.ts'

const MAX_DEPTH = 10
const MAX_NAMES = 1000
const MAX_NAME_LENGTH = 200

interface Content {
  names: number
  goodNames: boolean
  finite: boolean
}

/** What a custom event's properties should have been; undefined when they may be kept as they were sent. */
export function unfitFor(properties: object): string | undefined {
  // First, since the walk below goes as deep as the properties do.
  if (weigh(properties).depth > MAX_DEPTH) return `expected at most ${MAX_DEPTH} levels of nesting`
  const content: Content = { names: 0, goodNames: true, finite: true }
  look(properties, content)
  if (content.names > MAX_NAMES) return `expected at most ${MAX_NAMES} names in all`
  if (!content.finite) return 'expected finite numbers'
  if (!content.goodNames)
    return `expected names of at most ${MAX_NAME_LENGTH} characters, no e-mail address among them`
  return undefined
}

function look(value: unknown, content: Content): void {
  if (typeof value === 'number' && !Number.isFinite(value)) content.finite = false
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const entry of value) look(entry, content)
    return
  }
  for (const name of Object.keys(value)) {
    content.names += 1
    if (!isGoodName(name)) content.goodNames = false
    look((value as Record<string, unknown>)[name], content)
  }
}

// __proto__ as a name turns a careless copy into another object.
function isGoodName(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name !== '__proto__' && name.indexOf('@') <= 0 && isCleanText(name)
}
