import Bowser from 'bowser'
import { isbot } from 'isbot'
import { SAYS_AUTOMATION, SAYS_CRAWLER, SAYS_LIBRARY } from './bot-words.ts'

/** What a user agent says: the kind of device, and why it is a bot. Names are short and few; its text is not kept. */
export interface Agent {
  readonly device?: string
  readonly os?: string
  readonly browser?: string
  /** `automation`, `library`, `crawler`, `no_user_agent`; absent for people. */
  readonly bot?: string
}

const NOBODY: Agent = {}
const MISSING: Agent = { bot: 'no_user_agent' }
const LONGEST_AGENT = 512
/** Reading one takes about 60 µs; a shop sees some thousand. */
const CACHED = 5_000
const DEVICES: ReadonlySet<string> = new Set(['desktop', 'mobile', 'tablet', 'tv'])

/** Telephones of the years before Android name Java, which libraries name too; Bada is taken for a program's name. */
const OLD_PHONE = /\b(?:MIDP-\d|CLDC-\d|Bada\/\d)/
/** The name of a device may be that of a robot or a spider. */
const DEVICE = /;[^;()]{1,60} Build\//g
const SAYS_BOT = /bot|crawl|spider|slurp|https?:/i

const agents = new Map<string, Agent>()

/** Reads a user agent. A missing one is a bot's with a public key; with a secret one it says nothing. */
export function readUserAgent(userAgent: string | undefined, keyKind: 'public' | 'secret'): Agent {
  const text = userAgent?.trim().slice(0, LONGEST_AGENT) ?? ''
  if (text === '') return keyKind === 'public' ? MISSING : NOBODY
  const known = agents.get(text)
  if (known !== undefined) return known
  const agent = read(text)
  if (agents.size >= CACHED) agents.clear()
  agents.set(text, agent)
  return agent
}

function read(text: string): Agent {
  const bot = botReason(text)
  const { platform, os, browser } = parse(text)
  return {
    device: platform !== undefined && DEVICES.has(platform) ? platform : 'other',
    ...(os && { os }),
    ...(browser && { browser }),
    ...(bot && { bot }),
  }
}

function botReason(agent: string): string | undefined {
  const text = agent.replace(DEVICE, '; Build/')
  if (SAYS_AUTOMATION.test(text)) return 'automation'
  if (SAYS_LIBRARY.test(text)) return 'library'
  if (SAYS_CRAWLER.test(text)) return 'crawler'
  if (OLD_PHONE.test(text) && !SAYS_BOT.test(text)) return undefined
  return isbot(text) ? 'crawler' : undefined
}

/** Bowser takes a name it does not know from the agent's text: only plain words are kept of it. */
function parse(text: string): { platform?: string; os?: string; browser?: string } {
  try {
    const { platform, os, browser } = Bowser.parse(text)
    return {
      ...(platform.type && { platform: platform.type }),
      ...(isPlain(os.name) && { os: os.name }),
      ...(isPlain(browser.name) && { browser: browser.name }),
    }
  } catch {
    return {}
  }
}

function isPlain(name: string | undefined): name is string {
  return name !== undefined && /^[A-Za-z][A-Za-z0-9 .+!-]{0,29}$/.test(name)
}
