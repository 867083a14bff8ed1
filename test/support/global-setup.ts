import { runMigrations } from '@millrace/warehouse/migrate'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** One Postgres a run with a migrated template database. TEST_POSTGRES_URL names a running one. */
export async function setup(project: TestProject): Promise<void> {
  const postgresUrl = process.env.TEST_POSTGRES_URL
  if (!postgresUrl) throw new Error('TEST_POSTGRES_URL is not set')
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  await client.query('drop database if exists millrace_test_template with (force)')
  await client.query('create database millrace_test_template')
  await client.end()
  const template = new URL(postgresUrl)
  template.pathname = '/millrace_test_template'
  await runMigrations(template.href)
  project.provide('postgresUrl', postgresUrl)
}
