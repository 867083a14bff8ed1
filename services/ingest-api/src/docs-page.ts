import { basesOf, fieldsOf, kindOf, ownPart, type Schema } from './docs-fields.ts'
import { code, json, link, table, text } from './docs-html.ts'
import type { PrivacyDescription } from './docs-privacy.ts'

/** As much of OpenAPI 3.1 as `openapiDocument` writes. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly securitySchemes?: Readonly<Record<string, { readonly description?: string }>>
  }
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: {
    readonly description?: string
    readonly content: Readonly<Record<string, Content>>
  }
  readonly responses: Readonly<Record<string, Response>>
}

interface Content {
  readonly schema?: Schema
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>
}

interface Response {
  readonly description: string
  readonly content?: Readonly<Record<string, Content>>
}

interface Route {
  readonly name: string
  readonly operation: Operation
}

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; } h3 { margin-top: 2rem; }
code { font: 0.9em ui-monospace, monospace; background: var(--soft); padding: 0 0.2em; border-radius: 3px; }
pre { background: var(--soft); padding: 0.8rem; overflow: auto; } pre code { background: none; }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
td small { display: block; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); }
nav { columns: 12rem; } nav a { display: block; } summary { cursor: pointer; }
`

const VALUES = `Amounts are whole numbers of minor units: 1299 is 12.99 EUR and 1299 JPY. Currencies are codes of ISO 4217,
countries two-letter codes of ISO 3166-1.

An event of another name than those below is a custom event: it is kept with its properties. Fields whose name says
personal data lose their value, every other text in them is searched for it.

The column Privacy says what becomes of a field before it is stored: by its contract, and by the rules in force here.`

/** The HTTP contract as one HTML page: no script, nothing loaded from anywhere. */
export function docsPage({ info, paths, components }: OpenApi, privacy: PrivacyDescription): string {
  const schemas = Object.entries(components.schemas)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)} ${text(info.version)}: the HTTP contract</title>
<style>${DOCS_STYLE}</style>
</head>
<body>
<h1>${text(info.title)} <small>${text(info.version)}</small></h1>
${paragraphs(info.description ?? '')}
<p>For programs: <a href="/openapi.json">openapi.json</a></p>
<h2 id="requests">Requests</h2>
${routesByContract(paths).map(routesSection).join('\n')}
<h2 id="bodies">Bodies</h2>
${paragraphs(VALUES)}
${paragraphs(privacy.custom.join('\n\n'))}
<nav aria-label="Bodies">${schemas.map(([name]) => link(name)).join('\n')}</nav>
${schemas.map(([name, schema]) => schemaSection(name, schema, privacy)).join('\n')}
</body>
</html>
`
}

/** Routes that differ in name and summary only are told once. */
function routesByContract(paths: OpenApi['paths']): readonly (readonly Route[])[] {
  const groups = new Map<string, Route[]>()
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const { operationId: _id, summary: _summary, responses, ...rest } = operation
      const contract = JSON.stringify(operation.requestBody ? [method, rest, responses] : [method, path])
      const route = { name: `${method.toUpperCase()} ${path}`, operation }
      groups.set(contract, [...(groups.get(contract) ?? []), route])
    }
  }
  return [...groups.values()]
}

function routesSection(routes: readonly Route[]): string {
  const [first] = routes
  if (first === undefined) return ''
  const { parameters = [], requestBody, responses } = first.operation
  return `<section>
<h3>${code(first.name)}</h3>
${
  routes.length === 1
    ? paragraphs(first.operation.summary ?? '')
    : table(
        ['Request', ''],
        routes.map(({ name, operation }) => [code(name), text(operation.summary ?? '')]),
      )
}
${table(
  ['Header', 'Values', ''],
  parameters.map(({ name, schema, description = '' }) => [code(name), kindOf(schema), text(description)]),
)}
${paragraphs(requestBody?.description ?? '')}
${Object.entries(requestBody?.content ?? {})
  .map(([type, content]) => contentPart(type, content))
  .join('\n')}
${table(
  ['Status', 'Body', ''],
  Object.entries(responses).map(([status, { description, content = {} }]) => [
    code(status),
    Object.values(content)
      .map(({ schema }) => (schema === undefined ? '' : kindOf(schema)))
      .join(', '),
    text(description),
  ]),
)}
</section>`
}

function contentPart(type: string, { schema, examples = {} }: Content): string {
  const shown = Object.values(examples).map(
    ({ summary = 'Example', value }, index) =>
      `<details${index === 0 ? ' open' : ''}><summary>${text(summary)}</summary>${json(value)}</details>`,
  )
  return `<p>${code(type)}: ${schema === undefined ? '' : kindOf(schema)}</p>\n${shown.join('\n')}`
}

function schemaSection(name: string, schema: Schema, privacy: PrivacyDescription): string {
  const own = ownPart(schema)
  const bases = basesOf(schema)
  const rows = fieldsOf(own).map(({ path, required, kind, description }) => [
    `${code(path)}${required ? ' <small>required</small>' : ''}`,
    kind,
    description,
    text(privacy.becomes(name, path) ?? ''),
  ])
  const examples = (schema.examples ?? []).map(
    (example) => `<details><summary>Example</summary>${json(example)}</details>`,
  )
  return `<section id="${name}">
<h3>${text(name)}</h3>
${paragraphs(schema.description ?? own.description ?? '')}
${bases.length === 0 ? '' : `<p>With the fields of ${bases.map(link).join(', ')}.</p>`}
${rows.length === 0 ? `<p>${kindOf(own)}</p>` : table(['Field', 'Value', '', 'Privacy'], rows)}
${examples.join('\n')}
</section>`
}

function paragraphs(plain: string): string {
  return plain
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => `<p>${text(part)}</p>`)
    .join('\n')
}
