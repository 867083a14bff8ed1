import { SERVICE_PORTS } from '@millrace/cli/service-ports'

/** For `millrace up`: each service takes a port that is free. */
export const FREE_PORTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(SERVICE_PORTS).map((name) => [name, '0']),
)
