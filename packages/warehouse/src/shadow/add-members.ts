import type { PoolClient } from 'pg'
import { copyAcross } from './copy-across.ts'

const DIMENSIONS: Readonly<Record<string, string>> = {
  dim_person: 'person_id, canonical_id, kind, same_as',
  dim_channel: 'channel',
  dim_plan: 'plan',
  dim_product: 'source, sku, name, category, described_at',
  dim_device: 'device_key, device, os, browser',
  dim_experiment: 'experiment_id, variant_id',
}

/** Members of dimensions that replayed facts name and the live database does not have; those it has stay as they are. */
export async function addMembers(live: PoolClient, shadow: PoolClient): Promise<void> {
  for (const [table, columns] of Object.entries(DIMENSIONS)) {
    await live.query(
      `create temp table member on commit drop as select ${columns} from warehouse.${table} with no data`,
    )
    await copyAcross(shadow, `select ${columns} from warehouse.${table}`, live, `member (${columns})`)
    await live.query(
      `insert into warehouse.${table} (${columns}) select ${columns} from member order by 1 on conflict do nothing;
       drop table member`,
    )
  }
}
