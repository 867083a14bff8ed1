import express from 'express'
import { type HealthOptions, healthRoutes } from './health-routes.ts'
import { type RunningServer, type ServeOptions, serve } from './serve.ts'

/** The server of a service without an API of its own: health and metrics. */
export function serveHealth(options: HealthOptions & ServeOptions): Promise<RunningServer> {
  const app = express()
  app.disable('x-powered-by')
  return serve(app.use(healthRoutes(options)), options)
}
