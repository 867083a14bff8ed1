import { Config as Archiver } from '@millrace/archiver/config'
import { Config as Board } from '@millrace/board/config'
import { Config as IngestApi } from '@millrace/ingest-api/config'
import { Config as Jobs } from '@millrace/jobs/config'
import { Config as KpiExporter } from '@millrace/kpi-exporter/config'
import { Config as Loader } from '@millrace/loader/config'

/** Read by commands and not by a service. */
const OF_COMMANDS = ['MILLRACE_URL', 'MILLRACE_KEY', 'MILLRACE_DEBUG']

/** Every variable that some service or command reads: processes often share one environment. */
export const knownVariables: ReadonlySet<string> = new Set([
  ...[IngestApi, Archiver, Loader, KpiExporter, Jobs, Board].flatMap(({ shape }) => Object.keys(shape)),
  ...OF_COMMANDS,
])
