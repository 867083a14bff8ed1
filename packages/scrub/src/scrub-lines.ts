import type { Scrubber } from './create-scrubber.ts'

/** A line of `millrace scrub`: a text or a JSON value under an id of the caller's. */
export interface LineToScrub {
  readonly id: unknown
  readonly text_or_event: unknown
}

export interface ScrubbedLine {
  readonly id: unknown
  readonly output: unknown
}

/** Scrubs one line; a string gives a string, an object an object. The id is the caller's and stays as it is. */
export function scrubLine(
  { id, text_or_event }: LineToScrub,
  scrubber: Pick<Scrubber, 'scrubText' | 'scrubUnknown'>,
): ScrubbedLine {
  const output =
    typeof text_or_event === 'string'
      ? scrubber.scrubText(text_or_event)
      : scrubber.scrubUnknown(text_or_event)
  return { id, output }
}
