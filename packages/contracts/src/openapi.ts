import { ErrorAnswer, ReceiptAnswer } from './answer.ts'
import { type JsonSchema, toJsonSchema } from './json-schema.ts'
import { eventPaths } from './openapi/event-paths.ts'
import { eventSchemas } from './openapi/event-schemas.ts'

const DESCRIPTION = `Events in, KPIs out. Every event is judged on its own before any is stored; a 202 says that the accepted
ones are. messageId is the idempotency key: an event that is sent again counts once.

The write key goes into \`Authorization: Basic\` (as the user name, without a password), \`Authorization: Bearer\`,
\`X-Write-Key\`, or \`writeKey\` in the body; the first of them that is sent counts. A public key stands in web pages; orders, refunds, boxes and alias want a
secret one.`

export interface OpenapiOptions {
  /** Of Millrace, as `0.1.0`. */
  readonly version: string
}

/** The HTTP contract as OpenAPI 3.1, made from the contracts that judge the requests. */
export function openapiDocument({ version }: OpenapiOptions): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'events' }, { name: 'documentation' }],
    paths: {
      ...eventPaths(),
      '/openapi.json': { get: documentation('getOpenapi', 'This document', 'application/json') },
      '/docs': { get: documentation('getDocs', 'This document for people', 'text/html') },
    },
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'The write key is the user name; no password.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The write key.' },
        header: { type: 'apiKey', in: 'header', name: 'X-Write-Key', description: 'The write key.' },
      },
      schemas: {
        ...eventSchemas(),
        Receipt: toJsonSchema(ReceiptAnswer),
        Error: toJsonSchema(ErrorAnswer),
      },
    },
  }
}

function documentation(operationId: string, summary: string, mediaType: string): JsonSchema {
  return {
    operationId,
    summary,
    tags: ['documentation'],
    security: [{}],
    responses: { 200: { description: summary, content: { [mediaType]: {} } } },
  }
}
