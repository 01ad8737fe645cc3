export { progress, type ProgressOptions } from './progress.ts'
