import { element, setText } from './element.js'
import { formatAge, formatCount, formatMoment } from './format.js'

const LATE_SECONDS = 60
const TOPICS = {
  'events.v1': 'Events',
  'quarantine.v1': 'Refused by the API',
  'events.replay.v1': 'Replayed',
}
const OUTCOMES = [
  ['loaded', 'Loaded'],
  ['duplicate', 'Duplicate'],
  ['ignored', 'Ignored'],
  ['quarantined', 'Quarantined'],
  ['erased', 'Erased'],
]

/** Says in words how old the numbers are; called every second, since age grows by itself. */
export function showFreshness({ watermark, timeZone }, serverNow) {
  const target = document.getElementById('freshness')
  if (!watermark) {
    target.classList.add('late')
    setText(target, 'Freshness is not known: the loader has not reached the end of every partition yet.')
    return
  }
  const age = Math.max(0, (serverNow - Date.parse(watermark)) / 1000)
  const late = age > LATE_SECONDS
  target.classList.toggle('late', late)
  const until = `${formatMoment(watermark, timeZone)} (${formatAge(age)})`
  setText(target, late ? `Late: complete only until ${until}` : `Up to date: complete until ${until}`)
  target.title = 'Everything received before then is counted.'
}

/** The fates of the records loaded, a row a fate and a column a topic. */
export function showRecords({ topics }) {
  const container = document.getElementById('records')
  if (topics.length === 0) {
    container.replaceChildren(
      element('p', { class: 'empty' }, 'No records were loaded in the last 24 hours.'),
    )
    return
  }
  const head = element(
    'tr',
    {},
    element('td'),
    ...topics.map(({ topic }) =>
      element('th', { scope: 'col', class: 'number', title: topic }, TOPICS[topic] ?? topic),
    ),
  )
  const rows = OUTCOMES.map(([outcome, name]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...topics.map((topic) => element('td', { class: 'number' }, formatCount(topic[outcome]))),
    ),
  )
  container.replaceChildren(element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)))
}

/** What waits in quarantine, by code, and the newest of it. */
export function showQuarantine({ waiting, newest }, timeZone) {
  const container = document.getElementById('quarantine')
  if (waiting.length === 0) {
    container.replaceChildren(element('p', { class: 'empty' }, 'Empty: every event could be counted.'))
    return
  }
  const codes = waiting.map(({ code, count }) =>
    element('li', {}, element('code', {}, code), element('b', {}, formatCount(count))),
  )
  const items = newest.map((record) =>
    element(
      'li',
      {},
      element(
        'p',
        {},
        element('code', {}, record.code),
        ...(record.path ? [' at ', element('code', {}, record.path)] : []),
      ),
      element('p', {}, record.detail),
      element(
        'p',
        { class: 'quiet' },
        `${formatMoment(record.quarantinedAt, timeZone)}${record.source ? `, from ${record.source}` : ''}`,
        record.stage === 'load' ? ', accepted but not loadable' : '',
      ),
    ),
  )
  container.replaceChildren(
    element('ul', { class: 'codes' }, ...codes),
    element('h3', {}, 'Newest'),
    element('ol', { class: 'newest' }, ...items),
  )
}
