import { createHash } from 'node:crypto'
import { dimensionsOf, isDerived, type Kpi } from './kpi.ts'
import { seriesLabels } from './prometheus/alert-query.ts'
import { toYaml, type Yaml } from './to-yaml.ts'

export interface SupersetOptions {
  readonly title: string
  /** Of the dashboard, as `business-metrics`. */
  readonly slug: string
}

export interface SupersetAsset {
  /** From the bundle's top, as `datasets/Millrace/kpi_orders.yaml`. */
  readonly path: string
  readonly content: string
}

const DATABASE = 'Millrace'
const VERSION = '1.0.0'

/**
 * What Superset imports: the warehouse's database, a dataset, a metric and a chart a KPI, and their dashboard. The
 * database's password is not among it.
 */
export function renderSuperset(kpis: readonly Kpi[], options: SupersetOptions): readonly SupersetAsset[] {
  return [
    asset('metadata.yaml', { version: VERSION, type: 'Dashboard', timestamp: '2000-01-01T00:00:00+00:00' }),
    asset(`databases/${DATABASE}.yaml`, database()),
    ...kpis.flatMap((kpi) => [
      asset(`datasets/${DATABASE}/kpi_${kpi.name}.yaml`, dataset(kpi)),
      asset(`charts/kpi_${kpi.name}.yaml`, chart(kpi)),
    ]),
    asset(`dashboards/${options.slug}.yaml`, dashboard(kpis, options)),
  ]
}

function asset(path: string, content: Yaml): SupersetAsset {
  return { path, content: toYaml(content) }
}

function database(): Yaml {
  return {
    ...{ database_name: DATABASE, sqlalchemy_uri: 'postgresql://millrace:XXXXXXXXXX@postgres:5432/millrace' },
    ...{
      cache_timeout: null,
      expose_in_sqllab: true,
      allow_run_async: false,
      allow_ctas: false,
      allow_cvas: false,
    },
    ...{ allow_dml: false, allow_file_upload: false, extra: { allows_virtual_table_explore: true } },
    ...{ uuid: uuidOf('database'), version: VERSION },
  }
}

function dataset(kpi: Kpi): Yaml {
  return {
    ...{
      table_name: `kpi_${kpi.name}`,
      main_dttm_col: 'business_date',
      description: kpi.help,
      schema: 'warehouse',
    },
    ...{
      default_endpoint: null,
      offset: 0,
      cache_timeout: null,
      sql: null,
      params: null,
      template_params: null,
    },
    ...{ filter_select_enabled: true, fetch_values_predicate: null, extra: null },
    ...{ uuid: uuidOf(`dataset ${kpi.name}`), metrics: [metric(kpi)], columns: columns(kpi) },
    ...{ version: VERSION, database_uuid: uuidOf('database') },
  }
}

function metric(kpi: Kpi): Yaml {
  return {
    ...{ metric_name: kpi.name, verbose_name: kpi.title, metric_type: null, expression: metricSql(kpi) },
    ...{ description: kpi.help, d3format: FORMATS[kpi.unit], extra: {}, warning_text: null },
  }
}

const FORMATS: { readonly [U in Kpi['unit']]: string } = {
  count: ',d',
  money: ',.2f',
  ratio: '.1%',
  seconds: ',.0f',
}

/** What may be added up over days is, ratios by their parts; of the rest the greatest day is shown. */
function metricSql(kpi: Kpi): string {
  if (isDerived(kpi)) return 'sum(value)'
  switch (kpi.measure.kind) {
    case 'count':
    case 'sum':
      return 'sum(value)'
    case 'ratio':
      return 'sum(numerator) / nullif(sum(denominator), 0)'
    case 'distinct_people':
    case 'percentile':
    case 'last':
      return 'max(value)'
  }
}

function columns(kpi: Kpi): readonly Yaml[] {
  const isRatio = !isDerived(kpi) && kpi.measure.kind === 'ratio'
  const numbers = ['value', ...(isRatio ? ['numerator', 'denominator'] : [])]
  const column = (name: string, type: string): Yaml => ({
    ...{ column_name: name, verbose_name: null, is_dttm: type === 'DATE', is_active: true, type },
    ...{ groupby: type !== 'NUMERIC', filterable: true, expression: null, description: null },
    ...{ python_date_format: null, extra: {}, advanced_data_type: null },
  })
  return [
    column('business_date', 'DATE'),
    ...seriesLabels(kpi).map((label) => column(label, 'TEXT')),
    ...numbers.map((name) => column(name, 'NUMERIC')),
  ]
}

function chart(kpi: Kpi): Yaml {
  return {
    ...{ slice_name: kpi.title, description: kpi.help, certified_by: null, certification_details: null },
    viz_type: 'echarts_timeseries_line',
    params: {
      ...{ viz_type: 'echarts_timeseries_line', x_axis: 'business_date', time_grain_sqla: 'P1D' },
      ...{ metrics: [kpi.name], groupby: [...seriesLabels(kpi)], adhoc_filters: [], row_limit: 10_000 },
      ...{ show_legend: Object.keys(dimensionsOf(kpi)).length > 0, y_axis_format: FORMATS[kpi.unit] },
    },
    ...{ query_context: null, cache_timeout: null, uuid: uuidOf(`chart ${kpi.name}`), version: VERSION },
    dataset_uuid: uuidOf(`dataset ${kpi.name}`),
  }
}

const PER_ROW = 2

function dashboard(kpis: readonly Kpi[], { title, slug }: SupersetOptions): Yaml {
  const rows = Array.from({ length: Math.ceil(kpis.length / PER_ROW) }, (_, row) =>
    kpis.slice(row * PER_ROW, (row + 1) * PER_ROW),
  )
  const parents = ['ROOT_ID', 'GRID_ID']
  const placed = rows.flatMap((own, row) => [
    [
      `ROW-${row}`,
      {
        ...{ type: 'ROW', id: `ROW-${row}`, parents, children: own.map(({ name }) => `CHART-${name}`) },
        meta: { background: 'BACKGROUND_TRANSPARENT' },
      },
    ],
    ...own.map(({ name, title: sliceName }) => [
      `CHART-${name}`,
      {
        ...{ type: 'CHART', id: `CHART-${name}`, parents: [...parents, `ROW-${row}`], children: [] },
        meta: { uuid: uuidOf(`chart ${name}`), width: 12 / PER_ROW, height: 50, sliceName },
      },
    ]),
  ])
  return {
    ...{ dashboard_title: title, description: null, css: '', slug, uuid: uuidOf(`dashboard ${slug}`) },
    position: {
      DASHBOARD_VERSION_KEY: 'v2',
      ROOT_ID: { type: 'ROOT', id: 'ROOT_ID', children: ['GRID_ID'] },
      GRID_ID: {
        ...{ type: 'GRID', id: 'GRID_ID', parents: ['ROOT_ID'] },
        children: rows.map((_, row) => `ROW-${row}`),
      },
      HEADER_ID: { type: 'HEADER', id: 'HEADER_ID', meta: { text: title } },
      ...(Object.fromEntries(placed) as Record<string, Yaml>),
    },
    ...{ metadata: { refresh_frequency: 0, color_scheme: '' }, version: VERSION },
  }
}

/** The same for the same thing, so that an import replaces what an earlier one made. */
function uuidOf(thing: string): string {
  const hex = createHash('sha256').update(`millrace superset ${thing}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
