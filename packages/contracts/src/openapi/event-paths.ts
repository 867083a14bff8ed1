import type { JsonSchema } from '../json-schema.ts'
import { ref } from './event-schemas.ts'
import { ordersExample, pageExample, segmentExample } from './examples.ts'

const PATHS: Readonly<Record<string, string>> = {
  '/v1/events': 'One event, an array of events, or a batch',
  '/v1/batch': 'A batch, as Segment’s server libraries send it',
  '/v1/track': 'Events whose type is track unless they say another',
  '/v1/identify': 'Events whose type is identify unless they say another',
  '/v1/page': 'Events whose type is page unless they say another',
  '/v1/screen': 'Events whose type is screen unless they say another',
  '/v1/group': 'Events whose type is group unless they say another',
  '/v1/alias': 'Events whose type is alias unless they say another',
  '/v1/b': '/v1/batch, as analytics.js calls it',
  '/v1/t': '/v1/track, as analytics.js calls it',
  '/v1/i': '/v1/identify, as analytics.js calls it',
  '/v1/p': '/v1/page, as analytics.js calls it',
  '/v1/s': '/v1/screen, as analytics.js calls it',
  '/v1/g': '/v1/group, as analytics.js calls it',
  '/v1/a': '/v1/alias, as analytics.js calls it',
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 }, required: true },
}

/** Every path that takes events. */
export function eventPaths(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(PATHS).map(([path, summary]) => [path, { post: postEvents(path, summary) }]),
  )
}

function postEvents(path: string, summary: string): JsonSchema {
  return {
    operationId: `post${path.charAt(4).toUpperCase()}${path.slice(5)}`,
    summary,
    tags: ['events'],
    security: [{ basic: [] }, { bearer: [] }, { header: [] }, {}],
    parameters: [
      {
        name: 'Sec-GPC',
        in: 'header',
        description: '1 denies consent for all events of the request; another value says nothing.',
        schema: { type: 'string' },
        example: '1',
      },
    ],
    requestBody: {
      required: true,
      description:
        'At most 1 MB inflated and 500 events; an event at most 32 KB, with a secret key 256 KB. May be compressed: Content-Encoding gzip, br or deflate.',
      content: {
        'application/json': {
          schema: ref('Body'),
          examples: {
            orders: { summary: 'A batch of a shop’s server', value: ordersExample },
            page: { summary: 'One event of a web page', value: pageExample },
            segment: { summary: 'A batch of an unchanged Segment client', value: segmentExample },
          },
        },
        'text/plain': {
          schema: { type: 'string', contentMediaType: 'application/json', contentSchema: ref('Body') },
        },
      },
    },
    responses: responses(),
  }
}

function responses(): JsonSchema {
  return {
    202: answer('Accepted events are stored; rejected ones are named, each with its reason.', 'Receipt'),
    400: answer(
      'Not JSON, no event in it, or every event invalid. Not to be sent again as it is.',
      'Receipt',
    ),
    401: answer('No write key, or an unknown one.', 'Error'),
    403: answer('The write key is not for this origin.', 'Error'),
    408: answer('The body did not arrive in time. Send all again.', 'Error'),
    413: answer('The body is over 1 MB inflated, or holds more than 500 events.', 'Error'),
    415: answer('Another media type or encoding than JSON or text, gzip, br or deflate.', 'Error'),
    429: answer('More events than the write key may send. Send again later.', 'Error', RETRY_AFTER),
    503: answer(
      'Not all is known to be stored. Send all again with the same messageIds: each counts once.',
      'Error',
      RETRY_AFTER,
    ),
  }
}

function answer(description: string, schema: string, headers?: JsonSchema): JsonSchema {
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/json': { schema: ref(schema) } },
  }
}
