import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Fault } from '@millrace/contracts/fault'
import { makeDataDir } from '@millrace/runtime/make-data-dir'
import { readConfig } from '@millrace/runtime/read-config'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { type LineToScrub, scrubLine } from '@millrace/scrub/scrub-lines'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { Config } from '../up/config.ts'
import { openKeys } from '../up/open-keys.ts'

export function scrubCommand({ env, out }: CommandDeps): Command {
  return new Command('scrub')
    .description(
      'Show what the scrubber makes of texts and events: JSON lines { id, text_or_event } in, { id, output } out.',
    )
    .argument('[file]', 'JSON lines; standard input when absent')
    .option('--json', 'the output is JSON lines in any case')
    .action(async (file?: string) => {
      const config = readConfig(Config, env)
      const scrubber = createScrubber(await openKeys(config, await makeDataDir(config.DATA_DIR)))
      const input = file ? await openFile(file) : process.stdin
      let number = 0
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        number += 1
        if (line.trim() !== '') out(JSON.stringify(scrubLine(parseLine(line, number), scrubber)))
      }
    })
}

async function openFile(file: string): Promise<Readable> {
  try {
    return (await open(file)).createReadStream()
  } catch (cause) {
    throw new Fault('config_invalid', `There is no file ${file} to read`, { cause })
  }
}

function parseLine(line: string, number: number): LineToScrub {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && 'text_or_event' in parsed)
      return parsed as LineToScrub
  } catch {
    // Told below, together with JSON of another shape.
  }
  throw new Fault('config_invalid', `Line ${number}: expected a JSON object with id and text_or_event`)
}
