import { type Finding, failed, ok } from './finding.ts'

const TIMEOUT_MS = 3_000

/** Asks each service whether it is ready. */
export async function checkServices(
  services: Readonly<Record<string, string>>,
  fetch: typeof globalThis.fetch,
): Promise<Finding[]> {
  return Promise.all(
    Object.entries(services).map(([name, url]) => checkService(name, `${url}/health/ready`, fetch)),
  )
}

async function checkService(name: string, url: string, fetch: typeof globalThis.fetch): Promise<Finding> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) return ok(name, `ready at ${url}`)
    return failed(name, `${url} answers ${response.status}: ${(await response.text()).slice(0, 200)}`)
  } catch {
    return failed(name, `nothing answers at ${url}: does it run, and on this port?`)
  }
}
