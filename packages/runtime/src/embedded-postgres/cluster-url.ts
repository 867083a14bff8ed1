/** The database of a cluster that is ours. */
export const DATABASE = 'millrace'

/** The superuser's address of a database of the cluster. */
export function clusterUrl(
  { password }: { readonly password: string },
  port: number,
  database: string,
): string {
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
}
