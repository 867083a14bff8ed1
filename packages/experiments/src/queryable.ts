import type { QueryResult, QueryResultRow } from 'pg'

/** A pool or one of its connections. */
export interface Queryable {
  query<R extends QueryResultRow>(sql: string, values?: unknown[]): Promise<QueryResult<R>>
}
