/** The quick form of what needs a server: its failures say how to have them again. */
import { test } from 'vitest'
import { WITH_SERVERS } from './properties.ts'
import { holds } from './runner/holds.ts'

for (const property of WITH_SERVERS) test(property.title, () => holds(property))
