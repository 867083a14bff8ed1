import type { Severity } from '../alert.ts'
import { FRESH_SECONDS } from './alert-query.ts'

/** An alert on the numbers as such: while one holds, alerts on KPIs are silent. */
export interface PipelineAlert {
  readonly name: string
  readonly query: string
  readonly for: `${number}m`
  readonly severity: Severity
  readonly summary: string
  readonly means: string
  readonly lookAt: readonly string[]
  /** The runbook, as `kpis-late.md`. */
  readonly runbook: string
}

export const pipelineAlerts: readonly PipelineAlert[] = [
  {
    name: 'KpisLate',
    query: `time() - min(max by (kpi) (kpi_watermark_timestamp_seconds)) > ${FRESH_SECONDS}`,
    for: '5m',
    severity: 'error',
    summary: 'The KPIs are late',
    means:
      'Events that were received a quarter of an hour ago are not in the KPIs yet. Nothing is lost, and nothing is known of the KPIs: their own alerts are silent until the watermark is fresh again.',
    lookAt: [
      'Does the loader run, and is it ready? Its log says what it waits for.',
      'Do Kafka and Postgres answer? `npx millrace doctor` asks them.',
      'Are there spooled batches in the archive that the jobs service has not published yet?',
    ],
    runbook: 'kpis-late.md',
  },
  {
    name: 'KpisMissing',
    query: 'absent(kpi_watermark_timestamp_seconds)',
    for: '5m',
    severity: 'error',
    summary: 'There are no KPIs',
    means:
      'Prometheus finds no KPI exporter, or it has nothing to say. No alert on a KPI can hold meanwhile.',
    lookAt: [
      'Does the exporter run? `/health/ready` says what it waits for.',
      'Does Prometheus reach it? Look at its page of targets.',
    ],
    runbook: 'kpis-missing.md',
  },
  {
    name: 'KpiNotComputed',
    query: 'max by (kpi) (kpi_success) == 0',
    for: '15m',
    severity: 'warning',
    summary: 'The KPI {{ $labels.kpi }} cannot be computed',
    means: 'Its gauges show what they last did, and soon nothing. The other KPIs are not affected.',
    lookAt: [
      'The log of the exporter says why.',
      'A KPI that is new, or has another definition, waits for `npx millrace migrate`.',
    ],
    runbook: 'kpi-not-computed.md',
  },
]
