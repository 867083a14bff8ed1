import { randomBytes } from 'node:crypto'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import type { TestProject } from 'vitest/node'
import { onServer } from './on-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    templateDatabase: string
  }
}

/** One Postgres a run with a migrated template database. TEST_POSTGRES_URL names a running one. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgresUrl = process.env.TEST_POSTGRES_URL
  if (!postgresUrl) throw new Error('TEST_POSTGRES_URL is not set')
  const templateDatabase = `test_template_${randomBytes(6).toString('hex')}`
  await onServer(postgresUrl, `create database ${templateDatabase}`)
  const template = new URL(postgresUrl)
  template.pathname = `/${templateDatabase}`
  await migrateWarehouse({ databaseUrl: template.href, timeZone: 'UTC' })
  project.provide('postgresUrl', postgresUrl)
  project.provide('templateDatabase', templateDatabase)
  return () => onServer(postgresUrl, `drop database if exists ${templateDatabase} with (force)`)
}
