import { parseSync } from 'oxc-parser'

/** What a source file says about its surroundings. */
export interface SourceFacts {
  /** All that it imports: static, dynamic and type imports, re-exports. A computed name is given as written. */
  readonly imports: readonly ImportFact[]
  readonly readsEnvironment: boolean
}

export interface ImportFact {
  readonly name: string
  readonly typeOnly: boolean
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
])

/** Reads a source file with a real parser, so that comments and strings are not mistaken for code. */
export function readSourceFacts(file: string, source: string): SourceFacts {
  const { program, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`)
  const imports: ImportFact[] = []
  let readsEnvironment = false
  visit(program, (node) => {
    if (IMPORTING.has(node.type)) imports.push(...importIn(node, source))
    if (isEnvironment(node)) readsEnvironment = true
  })
  return { imports, readsEnvironment }
}

function importIn(node: Node, source: string): readonly ImportFact[] {
  const from = node.source ?? node.expression ?? node.argument
  if (!isNode(from)) return []
  const name = typeof from.value === 'string' ? from.value : source.slice(from.start, from.end)
  const typeOnly = node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
  return [{ name, typeOnly }]
}

/** `process.env` and `process['env']`. */
function isEnvironment({ type, object, property }: Node): boolean {
  if (type !== 'MemberExpression' || !isNode(object) || !isNode(property)) return false
  return object.name === 'process' && (property.name === 'env' || property.value === 'env')
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see)
  else if (isNode(value)) {
    see(value)
    for (const child of Object.values(value)) visit(child, see)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}
