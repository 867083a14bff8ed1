import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readUserAgent } from './read-user-agent.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36'

test('says device, system and browser of a person', () => {
  expect(readUserAgent(CHROME, 'public')).toEqual({ device: 'desktop', os: 'Windows', browser: 'Chrome' })
  expect(
    readUserAgent(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'public',
    ),
  ).toEqual({ device: 'mobile', os: 'iOS', browser: 'Safari' })
})

test.each([
  ['crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  ['automation', CHROME.replace('Chrome', 'HeadlessChrome')],
  ['library', 'python-requests/2.31.0'],
  ['library', 'curl/8.5.0'],
])('labels a bot as %s', (reason, agent) => {
  expect(readUserAgent(agent, 'public').bot).toBe(reason)
})

test('a browser always sends an agent, a server need not pass one on', () => {
  expect(readUserAgent(undefined, 'public')).toEqual({ bot: 'no_user_agent' })
  expect(readUserAgent('  ', 'public')).toEqual({ bot: 'no_user_agent' })
  expect(readUserAgent(undefined, 'secret')).toEqual({})
})

test('nothing of the text of a strange agent is kept', () => {
  const agent = readUserAgent('jane@example.com/1.0 (my phone +43 664 1234567)', 'public')
  expect(JSON.stringify(agent)).not.toMatch(/jane|664/)
})

test('20 KB of an agent take less than 30 ms', () => {
  const start = performance.now()
  readUserAgent('Mozilla/5.0 ('.repeat(1_600), 'public')
  expect(performance.now() - start).toBeLessThan(30)
})

const DATA = fileURLToPath(new URL('../../../../shared/data/bots/bots_open.jsonl.gz', import.meta.url))
const there = existsSync(DATA)
if (!there) process.stdout.write('skipped: the labelled user agents are not at hand\n')

test.skipIf(!there)(
  'of labelled agents at least .9949 of the bots are found, at most .0034 of the people',
  () => {
    const rows = gunzipSync(readFileSync(DATA))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { ua: string; bot: boolean })
    const share = (bots: boolean) => {
      const all = rows.filter(({ bot }) => bot === bots)
      return all.filter(({ ua }) => readUserAgent(ua, 'public').bot !== undefined).length / all.length
    }
    expect(share(true)).toBeGreaterThanOrEqual(0.9949)
    expect(share(false)).toBeLessThanOrEqual(0.0034)
  },
)
