/** `npm run machines`: makes anew what is made from the machines. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { generateFiles } from './files.ts'

for (const [path, text] of generateFiles())
  writeFileSync(resolve(import.meta.dirname, '../../..', path), text)
