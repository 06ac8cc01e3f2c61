/** Reads JSON of unknown shape without ever throwing: what is not of the wanted type is empty. */

export type Json = { [key: string]: unknown }

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const object = (value: unknown): Json => (isObject(value) ? value : {})
export const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const string = (value: unknown): string => (typeof value === 'string' ? value : '')
export const number = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0
/** A number of things, of which there cannot be less than none. */
export const count = (value: unknown): number => Math.max(0, Math.round(number(value)))
