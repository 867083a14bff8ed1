import type { SendSummary } from './tally.ts'

/** The lines that end a sending, for people. */
export function describeSummary(summary: SendSummary): readonly string[] {
  const { rows, events, accepted, suppressed, rejected, retries, seconds, eventsPerSecond, stopped } = summary
  const lines = [
    `${rows} rows read, ${events} events made, ${accepted} accepted, ${rejected} rejected` +
      `${suppressed > 0 ? `, ${suppressed} suppressed for want of consent` : ''}` +
      ` in ${seconds.toFixed(1)} s (${eventsPerSecond} events/s${retries > 0 ? `, ${retries} retries` : ''})`,
  ]
  for (const { code, path, count, examples } of summary.rejections) {
    lines.push(`  ${code}${path ? ` ${path}` : ''}: ${count}`)
    for (const { messageId, detail } of examples)
      lines.push(`    ${messageId ?? '(no messageId)'}: ${detail}`)
  }
  if (summary.unreadable > 0) {
    lines.push(`  rows that could not be read: ${summary.unreadable}`)
    for (const { row, reason } of summary.unreadableExamples) lines.push(`    row ${row}: ${reason}`)
  }
  if (stopped !== undefined) {
    lines.push(`Stopped: ${stopped}`, 'Send the same file again to go on: what was accepted counts once.')
  }
  return lines
}
