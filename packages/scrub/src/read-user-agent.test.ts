import { expect, test } from 'vitest'
import { fastestCpuMs } from '../../../test/support/cpu-time.ts'
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
  ['automation', `${CHROME} GTmetrix`],
  ['automation', CHROME.replace('Chrome', 'YLT Chrome')],
  ['automation', `${CHROME} DatadogSynthetics`],
  ['crawler', CHROME.replace('Chrome', 'Trae/1.107.1 Chrome')],
  ['crawler', `${CHROME} Claude-User/1.0`],
  ['crawler', CHROME.replace('x64)', 'x64; Nessus)')],
])('labels a bot as %s', (reason, agent) => {
  expect(readUserAgent(agent, 'public').bot).toBe(reason)
})

test.each([
  CHROME.replace('Chrome', 'obsidian/1.11.7 Chrome').replace('Safari', 'Electron/39.5.1 Safari'),
  'Mozilla/5.0 (Linux; Android 6.0; ROBOT R1 Build/MRA58K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.116 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 9; CUBOT_P30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.141 Mobile Safari/537.36',
  'Mozilla/5.0 (Bada; U; Bada/1.0; en-us) AppleWebKit/533.1 (KHTML, like Gecko) Dolfin/2.0 Mobile WVGA',
  'UCWEB/2.0 (Java; U; MIDP-2.0; Nokia203/20.37) U2/1.0.0 UCBrowser/8.7.0.218 U2/1.0.0 Mobile',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Snapchat/14.25.0.48',
  'Mozilla/5.0 (Linux; Android 12; SM-A525F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.5615.136 YandexSearch/8.05 Mobile Safari/537.36',
  `${CHROME} Line/14.5.0/IAB`,
])('a person with %s is none', (agent) => {
  expect(readUserAgent(agent, 'public').bot).toBeUndefined()
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
  const agent = 'Mozilla/5.0 ('.repeat(1_600)
  let go = 0
  expect(fastestCpuMs(() => readUserAgent(`${go++}${agent}`, 'public'))).toBeLessThan(30)
})
