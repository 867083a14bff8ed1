/** Measures Millrace on this machine: `npm run bench -- --help`. */
import { parseArgs } from 'node:util'
import { sharedData } from '../support/recount-answers.ts'
import { measureLoader } from './measure-loader.ts'
import { measureYear } from './measure-year.ts'
import { describeMachine } from './process-stats.ts'
import { describeReport, type Section } from './report.ts'

const USAGE = `npm run bench -- [--only year|loader] [--events N] [--json]

  year    the shop's year of ../shared/data against a fresh \`millrace up\`, then scrapes of /metrics
  loader  one and two loaders that drain a filled log (--events, 200,000 unless given)`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    events: { type: 'string', default: '200000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const wanted = (name: string): boolean => values.only === undefined || values.only === name
const events = Number(values.events)

if (values.help || !Number.isInteger(events) || events < 1_000 || !(wanted('year') || wanted('loader'))) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}

const machine = describeMachine()
const sections: Section[] = []
const file = wanted('year') ? sharedData('online_retail/online_retail.csv.gz') : undefined
if (file) sections.push(...(await measureYear(file)))
if (wanted('loader')) sections.push(await measureLoader(events))
console.log(
  values.json ? JSON.stringify({ machine, sections }, rounded, 2) : describeReport(machine, sections),
)

function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value
}
