import { createHash } from 'node:crypto'
import { openapiDocument } from '@millrace/contracts/openapi'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import { type RequestHandler, Router } from 'express'
import { methodNotAllowed } from './answer-otherwise.ts'
import { DOCS_STYLE, docsPage, type OpenApi } from './docs-page.ts'
import { describePrivacy } from './docs-privacy.ts'

const METHODS = 'GET, HEAD'

/** `/openapi.json`, and `/docs`: the same document for people, with what becomes of each field. Both are made once. */
export function documentRoutes(version: string, policy: PrivacyPolicy): Router {
  const document = openapiDocument({ version })
  const json = JSON.stringify(document)
  const page = docsPage(document as unknown as OpenApi, describePrivacy(policy))
  const styleHash = createHash('sha256').update(DOCS_STYLE).digest('base64')
  const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  const router = Router()
  serve('/openapi.json', (_request, response) => {
    response.type('application/json').send(json)
  })
  serve('/docs', (_request, response) => {
    response.set('Content-Security-Policy', contentSecurityPolicy).type('text/html').send(page)
  })
  return router

  function serve(path: string, handler: RequestHandler): void {
    router.get(path, handler)
    router.all(path, methodNotAllowed(METHODS))
  }
}
