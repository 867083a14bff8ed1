import type { RequestHandler } from 'express'
import helmet from 'helmet'

/** The page may run and load what this server sends, and speak to the ingest API: nothing else. */
export function securityHeaders(ingestUrl: string): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'connect-src': ["'self'", new URL(ingestUrl).origin],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // Whether the page is served by TLS, and for how long, is for the proxy before it to promise.
    strictTransportSecurity: false,
  })
}
