/** The CPU time of this thread, which others on the machine do not lengthen. @returns ms that `work` took */
export function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}
