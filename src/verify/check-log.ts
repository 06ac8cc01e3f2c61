/** What is wrong with a whole log, in words. The rules are the client's, for they need nothing but the log. */
import { checkLog as check, violationText } from '../client/index.ts'

/** @returns a line for each violation; empty when all is well */
export const checkLog = (events: readonly object[]): string[] => check(events).violations.map(violationText)
