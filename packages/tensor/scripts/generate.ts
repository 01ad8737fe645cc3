import { writeFileSync } from 'node:fs'
import { generatedFile, workerText } from './workerText.ts'

writeFileSync(generatedFile, await workerText())
