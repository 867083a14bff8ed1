import { Config as Archiver } from '@millrace/archiver/config'
import { Config as Board } from '@millrace/board/config'
import { Config as IngestApi } from '@millrace/ingest-api/config'
import { Config as Jobs } from '@millrace/jobs/config'
import { Config as KpiExporter } from '@millrace/kpi-exporter/config'
import { Config as Loader } from '@millrace/loader/config'
import { databaseUrl, dataDir, logLevel } from '@millrace/runtime/config-fields'
import { needsBucket } from '@millrace/runtime/connection-fields'
import { z } from 'zod'

/** The environment of `millrace up`: that of every service. What is not set runs embedded, in the data folder. */
export const Config = z
  .object({
    ...IngestApi.shape,
    ...Archiver.shape,
    ...Loader.shape,
    ...KpiExporter.shape,
    ...Board.shape,
    ...Jobs.shape,
    DATABASE_URL: databaseUrl.optional().describe('a Postgres of yours, 15 or later; else an embedded one'),
    DATA_DIR: dataDir.describe('where keys and embedded data are kept'),
    WRITE_KEYS: z
      .string()
      .optional()
      .describe('write keys as JSON or a file of it; else two, made once and printed, and one of the canary'),
    PSEUDONYM_KEY: IngestApi.shape.PSEUDONYM_KEY.optional().describe(
      'secret of 32 characters or more, or @ and its file; else made once; must be set with NODE_ENV=production',
    ),
    INGEST_URL: Board.shape.INGEST_URL.unwrap()
      .optional()
      .describe('the API as browsers reach it; else its address here'),
    PUBLIC_WRITE_KEY: Board.shape.PUBLIC_WRITE_KEY.describe(
      'public write key for the page; else the first one of WRITE_KEYS that is not bound to an origin',
    ),
    CANARY_WRITE_KEY: Jobs.shape.CANARY_WRITE_KEY.describe(
      'one of WRITE_KEYS with "canary": true; else the first such, without one no delay is measured and no leak found',
    ),
    LOG_FILE: Jobs.shape.LOG_FILE.describe(
      'a file to which the lines of the log are added too; else millrace.log in DATA_DIR',
    ),
    LOG_LEVEL: logLevel.default('warn'),
    NODE_ENV: z.string().optional().describe('production wants a PSEUDONYM_KEY'),
  })
  .refine(...needsBucket)
export type Config = z.output<typeof Config>
