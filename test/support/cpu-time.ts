/** Milliseconds of CPU that the fastest of several goes takes: the machine may be busy with other things meanwhile. */
export function fastestCpuMs(work: () => void, goes = 4): number {
  const times = Array.from({ length: goes }, () => {
    const start = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1_000
  })
  return Math.min(...times)
}
