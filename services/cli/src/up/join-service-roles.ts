import { Fault } from '@millrace/contracts/fault'
import { createPool } from '@millrace/warehouse/database'

/**
 * Each service acts as a role of its own with the least it needs. This lets the user who connects act so.
 * @throws Fault `config_invalid` with the statement for someone who may grant what this user may not.
 */
export async function joinServiceRoles(databaseUrl: string): Promise<void> {
  const pool = createPool({ url: databaseUrl, name: 'up', max: 1 })
  try {
    const { rows } = await pool.query<{ role: string; member: string }>(
      `select quote_ident(rolname) as role, quote_ident(current_user) as member from pg_roles
       where rolname like 'millrace\\_%' and not pg_has_role(current_user, oid, 'member')`,
    )
    for (const { role, member } of rows) {
      const grant = `grant ${role} to ${member}`
      await pool.query(grant).catch((cause: Error) => {
        throw new Fault(
          'config_invalid',
          `DATABASE_URL: its user may not act as ${role}. An administrator can allow it: ${grant};`,
          { cause },
        )
      })
    }
  } finally {
    await pool.end()
  }
}
