import { createFolderArchive } from '@millrace/archive/folder'
import { createCompactor } from '@millrace/jobs/create-compactor'
import { createPool } from '@millrace/warehouse/database'

/** Compacts in small steps, to be killed in the midst of one. Says so when it begins. */
const [url = '', folder = ''] = process.argv.slice(2)
const pool = createPool({ url, name: 'compactor' })
const archive = createFolderArchive({ folder })
const compact = createCompactor({ archive, pool, progress: () => undefined, recordsAtOnce: 20 })
process.stdout.write('begins\n')
await compact()
await Promise.all([pool.end(), archive.close()])
