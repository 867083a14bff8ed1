import { readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'

/** What processes have used so far. */
interface ProcessUse {
  readonly cpuSeconds: number
  /** Of the moment; memory that processes share counts once. */
  readonly bytes: number
}

const TICKS_PER_SECOND = 100

interface Stat {
  readonly parent: number
  readonly ticks: number
  /** Of children that have ended. */
  readonly endedTicks: number
}

/** A process alone, or with all that it started and that still runs. */
function useOf(root: number, { tree }: { tree: boolean }): ProcessUse | undefined {
  const stats = readStats()
  const top = stats.get(root)
  if (!top) return undefined
  const pids = [root]
  for (const pid of tree ? pids : [])
    for (const [child, { parent }] of stats) if (parent === pid) pids.push(child)
  const ticks = pids.reduce((sum, pid) => sum + (stats.get(pid)?.ticks ?? 0), tree ? top.endedTicks : 0)
  const bytes = pids.reduce((sum, pid) => sum + proportionalBytes(pid), 0)
  return { cpuSeconds: ticks / TICKS_PER_SECOND, bytes }
}

export function parentOf(pid: number): number | undefined {
  return readStat(pid)?.parent
}

/** The most that a process has held in memory since it began. */
export function peakBytes(pid: number): number | undefined {
  const found = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))
  return found ? Number(found[1]) * 1024 : undefined
}

/** What a process holds in memory now. */
export function residentBytes(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))
  return found ? Number(found[1]) * 1024 : 0
}

function readStats(): ReadonlyMap<number, Stat> {
  const stats = new Map<number, Stat>()
  for (const name of readFolder('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat) stats.set(Number(name), stat)
  }
  return stats
}

function readStat(pid: number): Stat | undefined {
  // The name in brackets may hold anything, so the fields are counted from its end.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
  if (fields.length < 15) return undefined
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) => Number(fields[at]))
  return {
    parent: parent ?? 0,
    ticks: (user ?? 0) + (system ?? 0),
    endedTicks: (endedUser ?? 0) + (endedSystem ?? 0),
  }
}

function proportionalBytes(pid: number): number {
  const found = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))
  return found ? Number(found[1]) * 1024 : 0
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export interface Watch {
  stop(): { readonly cpuSeconds: number; readonly mostBytes: number }
}

/** Looks at a process again and again, for what it uses from now on. `tree`: with its children. */
export function watch(pid: number, options: { tree: boolean }): Watch {
  const first = useOf(pid, options)
  let last = first
  let mostBytes = first?.bytes ?? 0
  const look = (): void => {
    last = useOf(pid, options) ?? last
    mostBytes = Math.max(mostBytes, last?.bytes ?? 0)
  }
  const timer = setInterval(look, 500)
  return {
    stop() {
      clearInterval(timer)
      look()
      return { cpuSeconds: (last?.cpuSeconds ?? 0) - (first?.cpuSeconds ?? 0), mostBytes }
    },
  }
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly node: string
  /** Of the last minute when the measuring began: above 0 something else was running. */
  readonly load: number
}

export function describeMachine(): Machine {
  const cpus = os.cpus()
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 1024 ** 3),
    node: process.version,
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  }
}
