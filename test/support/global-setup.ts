import { randomBytes } from 'node:crypto'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import type { TestProject } from 'vitest/node'
import { onServer } from './on-server.ts'
import { openServerOffice } from './servers/server-office.ts'
import { startPostgres } from './servers/start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    templateDatabase: string
    serverOffice: string
  }
}

/**
 * One Postgres a run with a migrated template database: a new one, or the running one that TEST_POSTGRES_URL names. The
 * other servers start when a test asks for them: servers.ts.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const office = await openServerOffice(process.env)
  const postgres = await openPostgres()
  const closeAll = async (): Promise<void> => {
    await Promise.all([office.close(), postgres.stop()])
  }
  try {
    const templateDatabase = await createTemplate(postgres.url)
    project.provide('postgresUrl', postgres.url)
    project.provide('templateDatabase', templateDatabase)
    project.provide('serverOffice', office.url)
    return async () => {
      await onServer(postgres.url, `drop database if exists ${templateDatabase} with (force)`)
      await closeAll()
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env.TEST_POSTGRES_URL
  return url ? { url, stop: async () => {} } : startPostgres({ major: 18 })
}

async function createTemplate(postgresUrl: string): Promise<string> {
  const name = `test_template_${randomBytes(6).toString('hex')}`
  await onServer(postgresUrl, `create database ${name}`)
  const template = new URL(postgresUrl)
  template.pathname = `/${name}`
  await migrateWarehouse({ databaseUrl: template.href, timeZone: 'UTC' })
  return name
}
