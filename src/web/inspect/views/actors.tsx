/** Who is there: the actors of a session, one in the other, at a step; and the processes of its turn, as they are now. */
import { visible } from '../../visible.ts'
import { stateLabel } from '../labels.ts'
import type { Moment } from '../state/moment.ts'
import { bytesText, type Look, type ProcessNode, processTree } from '../state/process-tree.ts'
import { Json } from './step.tsx'

type Shown = {
  moment: Moment
  /** As far as it is known. */
  contextOf: (id: 'session' | 'process') => Record<string, unknown>
  looks: readonly [Look | null, Look | null]
}

export function Actors({ moment, contextOf, looks: [look, before] }: Shown) {
  const roots = look === null ? [] : processTree(look, before)
  const isRunning = moment.process.lit.length > 0
  return (
    <div class="actors">
      <ul class="tree">
        <li>
          <Actor name="session" lit={moment.session.lit} context={contextOf('session')} />
          <ul>
            <li>
              <Actor
                name="process"
                lit={moment.process.lit}
                context={isRunning ? contextOf('process') : {}}
              />
              <ul>
                <li>
                  <p class="actor" data-lit={isRunning}>
                    <strong>port</strong> <span class="quiet">{isRunning ? 'at work' : 'not there'}</span>
                  </p>
                </li>
              </ul>
            </li>
          </ul>
        </li>
      </ul>
      {roots.length > 0 && <h3>Processes, as they are now</h3>}
      <Processes nodes={roots} />
    </div>
  )
}

type Named = { name: string; lit: readonly string[]; context: Record<string, unknown> }

function Actor({ name, lit, context }: Named) {
  const state = stateLabel(lit)
  return (
    <div class="actor" data-lit={state !== null}>
      <strong>{name}</strong> <span class="quiet">{state ?? 'not there'}</span>
      {Object.keys(context).length > 0 && (
        <details>
          <summary>Context</summary>
          <Json value={context} />
        </details>
      )}
    </div>
  )
}

function Processes({ nodes }: { nodes: readonly ProcessNode[] }) {
  if (nodes.length === 0) return null
  return (
    <ul class="tree">
      {nodes.map(({ pid, role, command, rssBytes, load, children }) => (
        <li key={pid}>
          <p class="actor" data-lit="true">
            <strong>{role}</strong> <span class="quiet">pid {pid}</span>
            <span class="cost">
              {bytesText(rssBytes)}
              {load !== null && ` · ${Math.round(load * 100)} %`}
            </span>
            <code>{visible(command)}</code>
          </p>
          <Processes nodes={children} />
        </li>
      ))}
    </ul>
  )
}
