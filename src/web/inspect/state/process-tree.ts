/** The processes of a turn as a tree, and how busy each is: by two looks at them. Pure. */
import type { InspectedProcess } from '../../../client/index.ts'

export type Look = { at: string; processes: readonly InspectedProcess[] }

export type ProcessNode = InspectedProcess & {
  /** Of one processor, since the look before; null when it was not there yet. */
  load: number | null
  children: ProcessNode[]
}

/** A process whose parent is not among them is a root. */
export function processTree(look: Look, before: Look | null): ProcessNode[] {
  const elapsedMs = before === null ? 0 : Date.parse(look.at) - Date.parse(before.at)
  const cpuBefore = new Map(before?.processes.map(({ pid, cpuMs }) => [pid, cpuMs]))
  const nodes = new Map<number, ProcessNode>()
  for (const process of look.processes) {
    const cpuMs = cpuBefore.get(process.pid)
    const load = cpuMs === undefined || elapsedMs <= 0 ? null : Math.max(0, process.cpuMs - cpuMs) / elapsedMs
    nodes.set(process.pid, { ...process, load, children: [] })
  }
  const roots: ProcessNode[] = []
  for (const node of nodes.values()) {
    const parent = node.parent === node.pid ? undefined : nodes.get(node.parent)
    // The server adopts nothing: what it has started stands by itself, as it does when the server is gone.
    if (parent === undefined || parent.role === 'server') roots.push(node)
    else parent.children.push(node)
  }
  return roots
}

export const bytesText = (bytes: number): string =>
  bytes < 10 * 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${Math.round(bytes / 2 ** 20)} MiB`
