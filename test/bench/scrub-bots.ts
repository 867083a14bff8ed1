import { readUserAgent } from '@millrace/scrub/read-user-agent'
import { isbot } from 'isbot'

interface LabelledAgent {
  readonly ua: string
  readonly bot: boolean
}

export interface BotScore {
  readonly recall: number
  readonly falsePositives: number
}

/** What is told of labelled user agents, by the scrubber and by isbot alone; `lines` are JSON. */
export function scoreBots(lines: readonly string[]): {
  readonly millrace: BotScore
  readonly isbot: BotScore
} {
  const agents = lines.map((line) => JSON.parse(line) as LabelledAgent)
  return {
    millrace: scoreBy(agents, (ua) => readUserAgent(ua, 'public').bot !== undefined),
    isbot: scoreBy(agents, isbot),
  }
}

function scoreBy(agents: readonly LabelledAgent[], saysBot: (ua: string) => boolean): BotScore {
  const share = (bots: boolean) => {
    const all = agents.filter(({ bot }) => bot === bots)
    return all.filter(({ ua }) => saysBot(ua)).length / all.length
  }
  return { recall: share(true), falsePositives: share(false) }
}
