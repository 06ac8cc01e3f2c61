/** Where a link of an agent's may lead: to a web address, and nowhere else. */

/** @returns the address; null for any other scheme, or none */
export function webLink(href: string): string | null {
  const url = URL.parse(href)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
