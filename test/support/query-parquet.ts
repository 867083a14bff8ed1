import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

export interface ParquetQueries {
  /** Rows of a statement of DuckDB about the table `events`. */
  query<R>(sql: string): Promise<R[]>
  close(): void
}

/** Reads all Parquet files of the archive in this data folder, as an analyst would. */
export async function readParquet(dataDir: string): Promise<ParquetQueries> {
  const files = path.join(dataDir, 'archive/parquet/events/**/*.parquet')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(`set timezone = 'UTC'`)
  await connection.run(
    `create table events as select * from read_parquet('${files}', hive_partitioning = true)`,
  )
  return {
    async query<R>(sql: string) {
      const reader = await connection.runAndReadAll(sql)
      return reader.getRowObjectsJson() as R[]
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** The answer to one statement. */
export async function queryParquet<R>(dataDir: string, sql: string): Promise<R[]> {
  const { query, close } = await readParquet(dataDir)
  try {
    return await query<R>(sql)
  } finally {
    close()
  }
}
