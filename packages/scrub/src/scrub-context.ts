import type { ParsedContext } from '@millrace/contracts/parsed-event'
import type { ScrubbedContext } from '@millrace/contracts/stamped-event'
import { cutIp } from './cut-ip.ts'
import type { Agent } from './read-user-agent.ts'
import { scrubText } from './scrub-text.ts'
import { scrubUrl } from './scrub-url.ts'

const LOCALE = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}$/i
const TIME_ZONE =
  /^(?:UTC|GMT|[A-Z][A-Za-z_]{1,30}(?:\/[A-Z][\w+-]{1,30}){1,2}|[A-Z]{2,5}\d?[A-Z]{0,4}|Etc\/GMT[+-]\d{1,2})$/

/** What is kept of the context: no page URL, the address cut to its network, texts searched, the agent by its kind. */
export function scrubContext(context: ParsedContext, ip: string | undefined, agent: Agent): ScrubbedContext {
  const { page, campaign, locale, timezone, library } = context
  const network = cutIp(ip)
  return {
    ...(page && { page: scrubPage(page) }),
    ...(campaign && { campaign: scrubTexts(campaign) }),
    country: context.country,
    ...(locale && LOCALE.test(locale) && { locale }),
    ...(timezone && TIME_ZONE.test(timezone) && { timezone }),
    ...(network && { ip: network }),
    ...(agent.device && { device: agent.device }),
    ...(agent.os && { os: agent.os }),
    ...(agent.browser && { browser: agent.browser }),
    ...(library && { library: scrubTexts(library) }),
  }
}

function scrubPage(page: NonNullable<ParsedContext['page']>): NonNullable<ScrubbedContext['page']> {
  const { path, title, referrer } = page
  return {
    ...(path !== undefined && { path: scrubUrl(path) }),
    ...(title !== undefined && { title: scrubText(title) }),
    ...(referrer !== undefined && { referrer: scrubUrl(referrer) }),
  }
}

function scrubTexts<T extends Readonly<Record<string, string | undefined>>>(texts: T): T {
  const scrubbed: Record<string, string> = {}
  for (const key in texts) {
    const text = texts[key]
    if (text !== undefined) scrubbed[key] = scrubText(text)
  }
  return scrubbed as T
}
