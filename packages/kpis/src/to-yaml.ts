/** What a YAML document holds here. */
export type Yaml =
  | string
  | number
  | boolean
  | null
  | readonly Yaml[]
  | { readonly [key: string]: Yaml | undefined }

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Words that nothing in YAML, of whatever version, takes for anything else. */
const PLAIN_TEXT = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[A-Za-z][A-Za-z0-9_/.-]*$/i

/** A YAML document in block style, in the order of the keys; texts of several lines stand as blocks. */
export function toYaml(value: Yaml): string {
  return `${block(value, 0).trimStart()}\n`
}

function block(value: Yaml, depth: number): string {
  const indent = `\n${'  '.repeat(depth)}`
  if (isList(value)) {
    if (value.length === 0) return ' []'
    return value.map((item) => `${indent}-${afterDash(block(item, depth + 1))}`).join('')
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, item] as const],
    )
    if (entries.length === 0) return ' {}'
    return entries.map(([key, item]) => `${indent}${keyText(key)}:${block(item, depth + 1)}`).join('')
  }
  if (typeof value === 'string' && value.includes('\n'))
    return ` |-${value
      .split('\n')
      .map((line) => `${indent}${line}`)
      .join('')}`
  return ` ${scalar(value)}`
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value)
}

/** The first key of an object stands on the line of the dash. */
function afterDash(text: string): string {
  return text.startsWith('\n') ? ` ${text.trimStart()}` : text
}

function keyText(key: string): string {
  return PLAIN_KEY.test(key) ? key : JSON.stringify(key)
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value)
  if (PLAIN_TEXT.test(value)) return value
  return /^[^'\n]*"[^'\n]*$/.test(value) ? `'${value}'` : JSON.stringify(value)
}
