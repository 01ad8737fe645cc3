export { createReferenceBackend as createWasmBackend } from '../reference/index.ts'
