import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generatedFile, workerText } from '../../../../scripts/workerText.ts'

test('the inlined worker is the current one', async () => {
  expect(readFileSync(generatedFile, 'utf8')).toBe(await workerText())
})
