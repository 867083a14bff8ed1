import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** Rows of a statement of DuckDB about the view `events`: all Parquet files of the archive in this data folder. */
export async function queryParquet<R>(dataDir: string, sql: string): Promise<R[]> {
  const files = path.join(dataDir, 'archive/parquet/events/**/*.parquet')
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    await connection.run(`set timezone = 'UTC'`)
    await connection.run(
      `create view events as select * from read_parquet('${files}', hive_partitioning = true)`,
    )
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowObjectsJson() as R[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
