import { ones } from '@wids/tensor'

// Run with a module to import first, or none: prints whether a BLAS was loaded, and sums of two programs with products.
const [, , module] = process.argv
if (module !== undefined) await import(module)
const sums: number[] = []
for (const n of [64, 96]) {
  const product = ones([n, n]).matmul(ones([n, n]))
  sums.push(await product.sum().item())
}
const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
const loaded = sharedObjects.some(file => /openblas|mkl_rt|blis|Accelerate/.test(file))
console.log(JSON.stringify({ loaded, sums }))
