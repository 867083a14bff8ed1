const EVERY_MS = 3_000

/** Lets a line of progress through every few seconds. */
export function progressLines(note: (line: string) => void, now: () => Date): (line: string) => void {
  let shownAt = now().getTime()
  return (line) => {
    const at = now().getTime()
    if (at - shownAt < EVERY_MS) return
    shownAt = at
    note(line)
  }
}
