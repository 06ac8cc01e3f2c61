/** Everything that must hold of what happened, by name: a violation says which promise was broken. */
import { checkAcknowledged } from './acknowledged.ts'
import { checkAllowances } from './allowances.ts'
import { checkApprovals, checkToldInTheEnd } from './approvals.ts'
import { checkAttachments } from './attachments.ts'
import { type CauseTerms, checkCauses } from './causes.ts'
import { checkEndings } from './endings.ts'
import type { History } from './history.ts'
import { checkIdempotency } from './idempotency.ts'
import { checkFolds, checkLogs } from './logs.ts'
import { checkOvertaking } from './overtaking.ts'
import { checkPartials } from './partials.ts'
import { checkProcesses } from './processes.ts'
import { checkRefused } from './refused.ts'
import { checkSessions } from './sessions.ts'
import { checkSettings } from './settings.ts'
import { checkStops } from './stops.ts'
import { checkTexts } from './texts.ts'
import { checkViews } from './views.ts'
import { checkWanted } from './wanted.ts'

const CHECKS: Record<string, (history: History, terms: CauseTerms) => string[]> = {
  'the log is in order': checkLogs,
  'the state is the fold of the log': checkFolds,
  'a reader sees the log behind its cursor, once': checkViews,
  'what is being written is shown as it is': checkPartials,
  'the log has what agents wrote': checkTexts,
  'what is acknowledged is on record, once': checkAcknowledged,
  'what is refused leaves no trace': checkRefused,
  'a key is one request': checkIdempotency,
  'one agent at a time, and none when idle': checkProcesses,
  'prompts that wait come first': checkOvertaking,
  'nothing is taken away that somebody wants': checkWanted,
  "a prompt's files come with it": checkAttachments,
  'what agents ask is answered once': checkApprovals,
  'who was answered is told': checkToldInTheEnd,
  'what is set holds': checkSettings,
  'what is allowed for good is not asked again': checkAllowances,
  'a session is there until it is deleted': checkSessions,
  'a server that stops stores what it has done': checkStops,
  'everything ends': checkEndings,
  'the first cause wins': checkCauses,
}

/** @returns what is wrong, under the name of the promise; empty when all is well */
export const checkHistory = (history: History, terms: CauseTerms): string[] =>
  Object.entries(CHECKS).flatMap(([promise, check]) =>
    check(history, terms).map((violation) => `${promise}: ${violation}`),
  )
