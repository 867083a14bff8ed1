import { createPool } from '@millrace/warehouse/database'

/** A role to take on, for the options of a connection; empty where the user of DATABASE_URL may not. */
export type RoleOption = (role: string) => { readonly role?: string }

/**
 * Each service acts as a role with the least it needs. Who connects with a user of another database team may lack the
 * right to take on these roles: then the services act as that user, and its grants are what they are.
 */
export async function findServiceRoles(databaseUrl: string): Promise<RoleOption> {
  const pool = createPool({ url: databaseUrl, name: 'up', max: 1 })
  try {
    const { rows } = await pool.query<{ role: string }>(
      `select rolname as role from pg_roles
       where rolname like 'millrace\\_%' and pg_has_role(current_user, oid, 'member')`,
    )
    const allowed = new Set(rows.map(({ role }) => role))
    return (role) => (allowed.has(role) ? { role } : {})
  } finally {
    await pool.end()
  }
}
