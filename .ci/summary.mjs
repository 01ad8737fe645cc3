// Adds up vitest's reports and the steps of .ci/run; the last line is the verdict. Runs on the system's Node.
import { existsSync, readFileSync } from 'node:fs'

const reports = { test: '.reports/test.json', long: '.reports/long.json' }
const empty = { numPassedTests: 0, numFailedTests: 0, testResults: [] }
const count = { passed: 0, failed: 0 }
for (const line of readFileSync('.reports/steps.tsv', 'utf8').trim().split('\n')) {
  const [step, verdict] = line.split('\t')
  console.log(line)
  const file = reports[step]
  const report = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : empty
  const unloaded = report.testResults.filter(suite => suite.status === 'failed' && suite.assertionResults.length === 0)
  const failed = report.numFailedTests + unloaded.length
  count.passed += report.numPassedTests
  count.failed += verdict !== 'ok' && failed === 0 ? 1 : failed // a step that failed other than by a test counts as one
}
if (count.passed === 0) count.failed++ // a run without tests proves nothing
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed > 0 ? 1 : 0
