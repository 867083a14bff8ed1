import { element, setText } from './element.js'
import { formatValue } from './format.js'
import { sparkLine } from './spark-line.js'

const SHOWN_PARTS = 5
const QUANTILES = { 0.5: 'Median', 0.95: '95th percentile', 0.99: '99th percentile' }

/** Shows KPIs as cards inside a container and keeps them up to date; a card stays the same element, so focus stays. */
export function createKpiCards(container) {
  const cards = new Map()
  return function showKpis({ kpis, days }) {
    for (const [name, card] of cards) {
      if (kpis.some((kpi) => kpi.name === name)) continue
      card.root.remove()
      cards.delete(name)
    }
    for (const kpi of byOwner(kpis)) {
      const card = cards.get(kpi.name) ?? createCard(kpi)
      cards.set(kpi.name, card)
      container.append(...(card.root.isConnected ? [] : [card.root]))
      card.show(kpi, days)
    }
  }
}

/** Teams with the most KPIs first; within a team as they come. */
function byOwner(kpis) {
  const count = (owner) => kpis.filter((kpi) => kpi.owner === owner).length
  return kpis.toSorted(
    (a, b) => count(b.owner) - count(a.owner) || (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0),
  )
}

function createCard(kpi) {
  const id = `kpi-${kpi.name}`
  const lines = element('div', { class: 'lines' })
  const parts = element('div', { class: 'parts', hidden: true })
  const root = element(
    'article',
    { class: 'card', 'aria-labelledby': id },
    element(
      'div',
      { class: 'card-head' },
      element('h3', { id }, kpi.title),
      element('span', { class: 'owner' }, kpi.owner),
    ),
    element('p', { class: 'help' }, kpi.help),
    lines,
    parts,
  )
  let shown = ''
  return {
    root,
    show(next, days) {
      const text = JSON.stringify([next, days])
      if (text === shown) return
      shown = text
      showLines(lines, next, days)
      showParts(parts, next, days)
    },
  }
}

function showLines(container, kpi, days) {
  if (kpi.problem || kpi.headline.length === 0) {
    container.replaceChildren(element('p', { class: 'empty' }, kpi.problem ?? emptyText(kpi)))
    return
  }
  const large = kpi.headline.length === 1
  const existing = new Map([...container.querySelectorAll('.line')].map((line) => [line.dataset.key, line]))
  const lines = kpi.headline.map((series) => {
    const key = JSON.stringify(series.dimensions)
    const line = existing.get(key) ?? createLine(key)
    showLine(line, kpi, series, days)
    line.classList.toggle('large', large)
    return line
  })
  container.replaceChildren(...lines)
}

function emptyText({ unit }) {
  return unit === 'money' ? 'No money moved in the last 7 days.' : 'No data in the last 7 days.'
}

function createLine(key) {
  const line = element(
    'div',
    { class: 'line' },
    element(
      'p',
      { class: 'numbers' },
      element('span', { class: 'label' }),
      element('span', { class: 'today' }),
      element('span', { class: 'yesterday' }),
    ),
    element('div', { class: 'spark-box' }),
  )
  line.dataset.key = key
  return line
}

function showLine(line, { unit }, { dimensions, days: values }, days) {
  const [label, today, yesterday] = line.querySelectorAll('.label, .today, .yesterday')
  const format = (value) => formatValue(value, unit, dimensions)
  const first = today.textContent === ''
  setText(label, labelOf(dimensions))
  const none = values.at(-1) === null
  if (setText(today, none ? 'None yet' : format(values.at(-1))) && !first) flash(today)
  today.classList.toggle('none', none)
  setText(yesterday, values.at(-2) === null ? 'none yesterday' : `${format(values.at(-2))} yesterday`)
  line.querySelector('.spark-box').replaceChildren(sparkLine(values, days, format))
}

function labelOf(dimensions) {
  return Object.entries(dimensions)
    .map(([label, value]) => (label === 'quantile' ? (QUANTILES[value] ?? `quantile ${value}`) : value))
    .join(', ')
}

function flash(target) {
  target.classList.remove('moved')
  // Reading the layout makes the animation begin again.
  void target.offsetWidth
  target.classList.add('moved')
}

/** The parts as a small table: the largest, and the rest behind a disclosure that stays as the reader left it. */
function showParts(container, kpi, days) {
  container.hidden = kpi.parts.length === 0
  if (container.hidden) return
  const wasOpen = container.querySelector('details')?.open ?? false
  const rest = kpi.parts.slice(SHOWN_PARTS)
  const hadFocus = container.contains(document.activeElement)
  container.replaceChildren(partsTable(kpi, kpi.parts.slice(0, SHOWN_PARTS), days))
  if (rest.length === 0) return
  const summary = element('summary', {}, `${rest.length + kpi.moreParts} more`)
  const left =
    kpi.moreParts > 0 ? [element('p', { class: 'quiet' }, `and ${kpi.moreParts} that are smaller`)] : []
  container.append(element('details', { open: wasOpen }, summary, partsTable(kpi, rest, days), ...left))
  if (hadFocus) summary.focus()
}

function partsTable(kpi, parts, days) {
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, Object.keys(kpi.parts[0].dimensions).join(', ').replaceAll('_', ' ')),
    element('th', { scope: 'col', class: 'number' }, 'Today'),
    element('th', { scope: 'col', class: 'number' }, 'Yesterday'),
    element('th', { scope: 'col' }, '7 days'),
  )
  const rows = parts.map(({ dimensions, days: values }) => {
    const format = (value) => formatValue(value, kpi.unit, dimensions)
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, ...breakable(labelOf(dimensions))),
      element('td', { class: 'number' }, format(values.at(-1))),
      element('td', { class: 'number' }, format(values.at(-2))),
      element('td', {}, sparkLine(values, days, format)),
    )
  })
  const caption = element('caption', { class: 'unseen' }, `${kpi.title} in parts`)
  return element('table', {}, caption, element('thead', {}, head), element('tbody', {}, ...rows))
}

/** A long name may break after an underscore, rather than anywhere. */
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, index) => (index === 0 ? [part] : [element('wbr'), part]))
}
