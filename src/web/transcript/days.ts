/** Tells where a day begins, in the time of whoever reads. */

export function createDays(): (at: string) => boolean {
  let hour = ''
  let day = ''
  return (at) => {
    // Within an hour of the wire there is no new day anywhere, but for the zones that are half an hour off.
    const half = at.slice(0, 14) + (at.charAt(14) < '3' ? '0' : '3')
    if (half === hour) return false
    hour = half
    const today = new Date(at).toDateString()
    if (today === day) return false
    day = today
    return true
  }
}
