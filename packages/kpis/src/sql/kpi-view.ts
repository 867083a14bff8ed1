import { dimensionsOf, isDerived, type Kpi, type StoredKpi } from '../kpi.ts'
import { quote } from './quote.ts'

/** The view `warehouse.kpi_<name>` for analysts: a row a day and set of dimensions that has data. */
export function kpiView(kpi: Kpi): string {
  const labels = Object.keys(dimensionsOf(kpi))
  const dimensions = labels.map((label) => `dimensions ->> ${quote(label)} as ${label}`)
  return `create view warehouse.kpi_${kpi.name} as
${selectOf(kpi, dimensions)};
comment on view warehouse.kpi_${kpi.name} is ${quote(`${kpi.title}. ${kpi.help}`)};
`
}

function selectOf(kpi: Kpi, dimensions: readonly string[]): string {
  if (isDerived(kpi)) return differenceSelect(kpi.minuend, kpi.subtrahend, dimensions)
  switch (kpi.measure.kind) {
    case 'count':
    case 'distinct_people':
      return totalsSelect(kpi, dimensions, ['sum(entries)::bigint as value'])
    case 'sum':
      return totalsSelect(kpi, dimensions, [`${shown(kpi, 'sum(numerator)')} as value`])
    case 'ratio':
      return totalsSelect(kpi, dimensions, [
        `${shown(kpi, 'sum(numerator)')} / nullif(sum(denominator), 0) as value`,
        `${shown(kpi, 'sum(numerator)')} as numerator`,
        'sum(denominator) as denominator',
      ])
    case 'percentile':
      return percentileSelect(kpi, kpi.measure.quantiles, dimensions)
    case 'last':
      return lastSelect(kpi, dimensions)
  }
}

/** Money is kept in minor units and shown in major ones, exactly. */
function shown(kpi: StoredKpi, amount: string): string {
  if (kpi.unit !== 'money') return amount
  return `round(${amount} / power(10::numeric, max(exponent)), max(exponent)::int)`
}

function totalsSelect(kpi: StoredKpi, dimensions: readonly string[], values: readonly string[]): string {
  return `select business_date, ${[...dimensions, ...values].join(', ')}
from warehouse.kpi_total${currencyJoin(kpi)}
where kpi = ${quote(kpi.name)} and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0`
}

function currencyJoin({ unit }: StoredKpi): string {
  return unit === 'money' ? `\n  join warehouse.dim_currency on currency = dimensions ->> 'currency'` : ''
}

/** Totals of the latest second of the day that has any. */
function lastSelect(kpi: StoredKpi, dimensions: readonly string[]): string {
  return `select distinct on (business_date, dimensions)
  business_date, ${[...dimensions, `${shown(kpi, 'sum(numerator)')} / sum(denominator) as value`].join(', ')}
from warehouse.kpi_total${currencyJoin(kpi)}
where kpi = ${quote(kpi.name)} and business_date <= warehouse.business_today()
group by business_date, dimensions, bucket
having sum(denominator) <> 0
order by business_date, dimensions, bucket desc`
}

function differenceSelect(minuend: StoredKpi, subtrahend: StoredKpi, dimensions: readonly string[]): string {
  const difference = `sum(case kpi when ${quote(minuend.name)} then numerator else -numerator end)`
  return `select business_date, ${[...dimensions, `${shown(minuend, difference)} as value`].join(', ')}
from warehouse.kpi_total
  join warehouse.dim_currency on currency = dimensions ->> 'currency'
where kpi in (${quote(minuend.name)}, ${quote(subtrahend.name)}) and business_date <= warehouse.business_today()
group by business_date, dimensions
having sum(entries) <> 0`
}

function percentileSelect(
  kpi: StoredKpi,
  quantiles: readonly number[],
  dimensions: readonly string[],
): string {
  const values = quantiles
    .map((quantile) => `(${quote(String(quantile))}, ${quantile}::double precision)`)
    .join(', ')
  return `select business_date, ${[...dimensions, 'quantile'].join(', ')},
  warehouse.percentile_value(min(bucket) filter (where reached >= ceil(q * total))) as value
from (
  select business_date, dimensions, bucket,
    sum(entries) over (partition by business_date, dimensions order by bucket) as reached,
    sum(entries) over (partition by business_date, dimensions) as total
  from (
    select business_date, dimensions, bucket, sum(entries) as entries
    from warehouse.kpi_total where kpi = ${quote(kpi.name)} and business_date <= warehouse.business_today()
    group by business_date, dimensions, bucket
    having sum(entries) <> 0
  ) as buckets
) as ranked
  cross join (values ${values}) as quantiles (quantile, q)
group by business_date, dimensions, quantile`
}
