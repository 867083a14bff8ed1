/** The variable of each service's port. */
export const SERVICE_PORTS = {
  'ingest-api': 'INGEST_PORT',
  board: 'BOARD_PORT',
  'kpi-exporter': 'EXPORTER_PORT',
  loader: 'LOADER_PORT',
  archiver: 'ARCHIVER_PORT',
  jobs: 'JOBS_PORT',
} as const
