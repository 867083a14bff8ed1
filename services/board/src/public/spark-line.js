import { element } from './element.js'
import { formatDay } from './format.js'

const WIDTH = 120
const HEIGHT = 32
const MARGIN = 3

/**
 * A small line of some days, from 0 up. Days without a value are left out; the last day is marked. Screen readers get
 * the values as text.
 * @param {(number | null)[]} values
 * @param {string[]} days
 * @param {(value: number | null) => string} format
 */
export function sparkLine(values, days, format) {
  const points = pointsOf(values)
  const text = days.map((day, index) => `${formatDay(day)}: ${format(values[index] ?? null)}`).join(', ')
  const svg = element('svg:svg', {
    class: 'spark',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: 'img',
    'aria-label': text,
  })
  svg.append(element('svg:title', {}, text.replaceAll(', ', '\n')))
  const [first] = points
  const last = points.at(-1)
  if (!first || !last) return svg
  const line = points.map(({ x, y }) => `${x},${y}`).join(' ')
  const floor = HEIGHT - MARGIN
  svg.append(
    element('svg:polygon', { class: 'spark-area', points: `${first.x},${floor} ${line} ${last.x},${floor}` }),
    element('svg:polyline', { class: 'spark-line', points: line }),
    element('svg:circle', { class: 'spark-end', cx: last.x, cy: last.y, r: 2.6 }),
  )
  return svg
}

function pointsOf(values) {
  const present = values.filter((value) => value !== null)
  const top = Math.max(0, ...present)
  const bottom = Math.min(0, ...present)
  const range = top - bottom || 1
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1)
  return values.flatMap((value, index) =>
    value === null
      ? []
      : [
          {
            x: round(MARGIN + index * step),
            y: round(HEIGHT - MARGIN - ((value - bottom) / range) * (HEIGHT - 2 * MARGIN)),
          },
        ],
  )
}

function round(number) {
  return Math.round(number * 10) / 10
}
