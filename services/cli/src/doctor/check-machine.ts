import { access, constants, statfs } from 'node:fs/promises'
import { type Finding, failed, ok, warning } from './finding.ts'

const GIB = 1024 ** 3
const LOW_GIB = 2

/** Node and the data folder. */
export async function checkMachine(dataDir: string): Promise<Finding[]> {
  return [ok('node', process.versions.node), await checkDataDir(dataDir)]
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  try {
    await access(dataDir, constants.R_OK | constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      return warning('data folder', `${dataDir} is not there yet: \`npm start\` makes it`)
    return failed('data folder', `${dataDir} cannot be written (${code}): run as its owner, or set DATA_DIR`)
  }
  const { bavail, bsize } = await statfs(dataDir)
  const free = (bavail * bsize) / GIB
  const detail = `${dataDir}, ${free.toFixed(1)} GiB free`
  return free < LOW_GIB
    ? warning('data folder', `${detail}: make room before it is full`)
    : ok('data folder', detail)
}
