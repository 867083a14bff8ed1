import type { PoolClient } from 'pg'
import type { EventFacts, ProductRow } from '../facts/event-facts.ts'

/** Dimension members that facts name. Members that are there already are not touched, so that loaders do not queue. */
export async function writeDimensions(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  await writeNames(
    tx,
    'dim_channel',
    'channel',
    facts.flatMap(({ channel }) => channel ?? []),
  )
  await writeNames(
    tx,
    'dim_plan',
    'plan',
    facts.flatMap(({ plan }) => plan ?? []),
  )
  await writeDevices(tx, facts)
  await writeExperiments(tx, facts)
  await writeProducts(
    tx,
    facts.flatMap(({ products }) => products ?? []),
  )
}

async function writeNames(
  tx: PoolClient,
  table: string,
  column: string,
  names: readonly string[],
): Promise<void> {
  const distinct = [...new Set(names)].sort()
  if (distinct.length === 0) return
  await tx.query(
    `insert into warehouse.${table} (${column}) select name from unnest($1::text[]) as given (name)
     where not exists (select from warehouse.${table} where ${column} = name)
     order by name on conflict do nothing`,
    [distinct],
  )
}

async function writeDevices(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  const devices = new Map(
    facts.flatMap(({ event }) => (event.device ? [[event.device.key, event.device] as const] : [])),
  )
  if (devices.size === 0) return
  await tx.query(
    `insert into warehouse.dim_device (device_key, device, os, browser)
     select key, device, os, browser
     from jsonb_to_recordset($1) as given (key text, device text, os text, browser text)
     where not exists (select from warehouse.dim_device where device_key = key)
     order by key on conflict do nothing`,
    [JSON.stringify([...devices.values()])],
  )
}

async function writeExperiments(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  const experiments = facts.flatMap(({ experiment }) => experiment ?? [])
  if (experiments.length === 0) return
  await tx.query(
    `insert into warehouse.dim_experiment (experiment_id, variant_id)
     select distinct "experimentId", "variantId"
     from jsonb_to_recordset($1) as given ("experimentId" text, "variantId" text)
     order by 1, 2 on conflict do nothing`,
    [JSON.stringify(experiments)],
  )
}

/** The latest description counts. */
async function writeProducts(tx: PoolClient, products: readonly ProductRow[]): Promise<void> {
  const latest = new Map<string, ProductRow>()
  for (const product of products) {
    const key = JSON.stringify([product.source, product.sku])
    const known = latest.get(key)
    if (!known || known.at <= product.at) latest.set(key, product)
  }
  if (latest.size === 0) return
  await tx.query(
    `insert into warehouse.dim_product as product (source, sku, name, category, described_at)
     select given.source, given.sku, given.name, given.category, given.at
     from jsonb_to_recordset($1) as given (source text, sku text, name text, category text, at timestamptz)
       left join warehouse.dim_product known using (source, sku)
     where known.sku is null or known.described_at < given.at and
       (given.name is distinct from known.name or coalesce(given.category, known.category) is distinct from known.category)
     order by given.source, given.sku
     on conflict (source, sku) do update set
       name = coalesce(excluded.name, product.name), category = coalesce(excluded.category, product.category),
       described_at = excluded.described_at
     where product.described_at < excluded.described_at`,
    [JSON.stringify([...latest.values()])],
  )
}
