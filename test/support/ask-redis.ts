import { askTcp } from './servers/ask-tcp.ts'

/** Sends one command, as it would be typed, to a Redis without a password; returns its answer as Redis writes it. */
export async function askRedis(url: string, command: string): Promise<string> {
  const answer = (await askTcp(new URL(url).host, `${command}\r\n`)).toString()
  if (answer.startsWith('-')) throw new Error(`${command}: ${answer}`)
  return answer
}

/** Deletes every key that begins with the prefix. */
export async function clearRedis(url: string, prefix: string): Promise<void> {
  await askRedis(
    url,
    `EVAL "for _, k in ipairs(redis.call('KEYS', '${prefix}*')) do redis.call('DEL', k) end" 0`,
  )
}
