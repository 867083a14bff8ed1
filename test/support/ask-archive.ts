import { openArchive } from '@millrace/archive/open-archive'
import type { Fault } from '@millrace/contracts/fault'

/** A process that asks the bucket for an object, and says what came of it. */
const [bucket = ''] = process.argv.slice(2)
const archive = await openArchive({ DATA_DIR: '.', S3_BUCKET: bucket })
const answer = await archive.get('log.json').catch(({ code, message }: Fault) => `${code}: ${message}`)
process.stdout.write(`${JSON.stringify(answer)}\n`)
