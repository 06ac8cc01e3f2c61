/** All properties, by what they need. */
import { attachAborted, attachAnything, attachChunked, attachCut } from './attach.ts'
import { claudeBatches, claudeDamaged, claudeDamagedState } from './claude-adapter.ts'
import { claudeServers, claudeWriting } from './claude-partials.ts'
import { clientFrames } from './client-frames.ts'
import { framesBehindCursor, framesReadBack } from './frames.ts'
import { queue } from './queue.ts'
import type { Property } from './runner/property.ts'
import { httpCursors } from './servers/http-cursors.ts'
import { httpRefusals } from './servers/http-refusals.ts'
import { killedServer, liveServer } from './servers/live-server.ts'
import { sessionMachine } from './session-machine.ts'
import { settingsRead } from './settings.ts'
import { shellOutput } from './shell-adapter.ts'
import { splitterLines, splitterResumed } from './splitter.ts'
import { stepsOfLog } from './steps-of-log.ts'
import { damagedDirectory, damagedExport } from './verify.ts'
import { world } from './world/property.ts'

export const PURE: readonly Property[] = [
  ...[splitterLines, splitterResumed, framesReadBack, framesBehindCursor],
  ...[clientFrames, attachChunked, attachCut, attachAnything, attachAborted],
  ...[claudeDamaged, claudeDamagedState, claudeBatches, claudeWriting, claudeServers],
  ...[shellOutput, settingsRead, damagedExport, damagedDirectory],
  ...[sessionMachine, stepsOfLog, queue],
  world,
]

export const WITH_SERVERS: readonly Property[] = [httpRefusals, httpCursors, liveServer, killedServer]

export const PROPERTIES: readonly Property[] = [...PURE, ...WITH_SERVERS]
