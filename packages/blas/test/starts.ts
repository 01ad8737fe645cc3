import { ones } from '@wids/tensor'

// Run with a module to import first, or none: prints whether a BLAS was loaded, and a sum that needs a product.
const [, , module] = process.argv
if (module !== undefined) await import(module)
const sum = await ones([64, 64])
  .matmul(ones([64, 64]))
  .sum()
  .item()
const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
const loaded = sharedObjects.some(file => /openblas|mkl_rt|blis|Accelerate/.test(file))
console.log(JSON.stringify({ loaded, sum }))
