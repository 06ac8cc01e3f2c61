// @ts-check
/** What the pages share: asking the server, making elements of text, and saying what went wrong. */

/** An answer that is no success, with the code of its problem. */
export class Refusal extends Error {
  /** @param {number} status @param {{ code?: string, detail?: string }} problem */
  constructor(status, { code = 'unknown', detail = `The server answered ${status}` }) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/**
 * @param {string} method @param {string} path @param {object} [body]
 * @returns {Promise<any>} @throws {Refusal}
 */
export async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    // A header of our own is one that no form and no link of a foreign page can send.
    headers: { 'X-Breakglass': '1', ...(body && { 'Content-Type': 'application/json' }) },
    body: body ? JSON.stringify(body) : null,
    cache: 'no-store',
  })
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  const answer = isJson ? await response.json() : undefined
  if (!response.ok) throw new Refusal(response.status, answer ?? {})
  return answer
}

/**
 * An element. What is no element is text, whatever is in it.
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} content
 */
export function make(tag, attributes, ...content) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...content)
  return element
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id)

/** @param {string} text */
export function say(text) {
  byId('message').textContent = text
}

/** Runs it, and says what is wrong; whoever is not in any more is shown how to come in. @param {() => Promise<void>} work */
export async function attempt(work) {
  try {
    say('')
    await work()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unauthorized') return location.reload()
    say(error instanceof Refusal ? error.message : 'The server cannot be reached.')
  }
}

/** @param {string} iso */
export const day = (iso) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(new Date(iso))

/** @param {string} iso */
export const when = (iso) =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
