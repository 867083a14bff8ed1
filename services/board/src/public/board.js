import { connect } from './connection.js'
import { setText } from './element.js'
import { formatDay } from './format.js'
import { createKpiCards } from './kpi-cards.js'
import { showFreshness, showQuarantine, showRecords } from './pipeline-panel.js'
import { createTryIt } from './try-it.js'

const showKpis = createKpiCards(document.getElementById('cards'))
const tryIt = createTryIt(document.getElementById('try'))
const connection = document.getElementById('connection')
let state
let status = 'lost'
/** This computer's clock less the server's. */
let clockOffsetMs = 0

connect({
  onState(next) {
    state = next
    clockOffsetMs = Date.now() - Date.parse(next.sentAt)
    show()
  },
  onStatus(next) {
    status = next
    showConnection()
  },
})
setInterval(() => {
  if (!state) return
  showFreshness(state, Date.now() - clockOffsetMs)
  tryIt.tick()
}, 1000)

function show() {
  const { days, timeZone, pipeline } = state
  const today = days.at(-1)
  setText(document.getElementById('days'), today ? `${formatDay(today)}, ${timeZone}` : '')
  document.getElementById('no-events').hidden = days.length === 0 || hasData(state)
  showKpis(state)
  showFreshness(state, Date.now() - clockOffsetMs)
  showRecords(pipeline)
  showQuarantine(pipeline.quarantine, timeZone)
  tryIt.show(state)
  showConnection()
}

function showConnection() {
  const live = status === 'live' && state?.database === 'ok'
  connection.classList.toggle('bad', !live)
  if (status !== 'live') setText(connection, state ? 'Connection lost, trying again' : 'Connecting…')
  else setText(connection, live ? 'Live' : 'The database is away: these are the last numbers')
}

function hasData({ kpis }) {
  return kpis.some(({ headline }) => headline.some(({ days }) => days.some((value) => value)))
}
