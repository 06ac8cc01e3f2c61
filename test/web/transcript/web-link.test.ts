import { describe, expect, it } from 'vitest'
import { webLink } from '../../../src/web/transcript/web-link.ts'

describe('a link', () => {
  it.each(['https://example.org/', 'http://127.0.0.1:3000/a?b#c'])('leads to %s', (href) => {
    expect(webLink(href)).toBe(href)
  })

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    'data:text/html,x',
    'file:///etc/passwd',
    '/api/logout',
    '',
    'mailto:a@b.c',
  ])('does not lead to %s', (href) => expect(webLink(href)).toBeNull())
})
