import { f32x4, func, Module, v128 } from 'wasmati'

let relaxed: boolean | undefined

/** Whether the engine has relaxed SIMD, and with it fused multiply-add (Node 24 and current browsers; not Node 20). */
export function hasRelaxedSimd(): boolean {
  relaxed ??= WebAssembly.validate(probe())
  return relaxed
}

function probe(): Uint8Array<ArrayBuffer> {
  const madd = func({ in: [v128], out: [v128] }, ([x]) => {
    f32x4.relaxed_madd(x, x, x)
  })
  return Uint8Array.from(Module({ exports: { madd } }).toBytes())
}
