const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const decimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' })
const moneyFormats = new Map()

/** A KPI's value in words: `€1,299.00`, `84.2 %`, `3 min 20 s`; a dash where there is nothing to say. */
export function formatValue(value, unit, dimensions = {}) {
  if (value === null || value === undefined) return '–'
  if (unit === 'money') return formatMoney(value, dimensions.currency)
  if (unit === 'ratio') return percent.format(value)
  if (unit === 'seconds') return formatSeconds(value)
  return Number.isInteger(value) ? whole.format(value) : decimal.format(value)
}

/** The browser knows how many decimals a currency has; what is no currency code is written behind the number. */
function formatMoney(value, currency) {
  if (!/^[A-Z]{3}$/.test(currency ?? '')) return `${decimal.format(value)} ${currency ?? ''}`.trim()
  let format = moneyFormats.get(currency)
  if (!format) {
    format = new Intl.NumberFormat(undefined, { style: 'currency', currency })
    moneyFormats.set(currency, format)
  }
  return format.format(value)
}

function formatSeconds(seconds) {
  const unit = (value, name) =>
    new Intl.NumberFormat(undefined, {
      style: 'unit',
      unit: name,
      maximumFractionDigits: name === 'second' && value < 10 ? 1 : 0,
    }).format(value)
  if (seconds < 59.5) return unit(seconds, 'second')
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${unit(minutes, 'minute')} ${unit(Math.round(seconds) % 60, 'second')}`
  if (minutes < 48 * 60) return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`
  return unit(Math.round(minutes / 1440), 'day')
}

/** An age in words: `just now`, `40 seconds ago`, `3 hours ago`. */
export function formatAge(seconds) {
  if (seconds < 5) return 'just now'
  if (seconds < 90) return relative.format(-Math.round(seconds), 'second')
  if (seconds < 90 * 60) return relative.format(-Math.round(seconds / 60), 'minute')
  if (seconds < 36 * 3600) return relative.format(-Math.round(seconds / 3600), 'hour')
  return relative.format(-Math.round(seconds / 86_400), 'day')
}

/** A moment on the clock of the business. */
export function formatMoment(moment, timeZone) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    new Date(moment),
  )
}

/** A day (yyyy-mm-dd) as `Fri 20 Nov`; days have no time zone. */
export function formatDay(day) {
  return new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`))
}

export function formatCount(value) {
  return whole.format(value)
}
