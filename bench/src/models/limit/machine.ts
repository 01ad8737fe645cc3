/** What a core can do with 128-bit SIMD: a module of two loops, assembled by hand so that no compiler is measured. */
export interface Machine {
  /** `flopsPerTurn` floating-point operations, `turns` times. */
  readonly multiplyAdd: (turns: number) => number
  /** Copies bytes (a multiple of 128) from one place of the memory to another. */
  readonly copy: (from: number, to: number, bytes: number) => void
  readonly memory: WebAssembly.Memory
}

const accumulators = 12
const unrolled = 4
const lanes = 4
export const flopsPerTurn = accumulators * unrolled * lanes * 2
/** Bytes that a turn of the copying loop moves. */
export const bytesPerTurn = 128

type Code = readonly number[]
/** Instructions one after the other. */
const code = (...parts: readonly (number | Code)[]): Code => parts.flat()
const repeat = (count: number, part: (i: number) => Code): Code =>
  Array.from({ length: count }, (_, i) => part(i)).flat()
/** LEB128 of an unsigned number. */
const leb = (n: number): Code => (n < 128 ? [n] : code((n & 127) | 128, leb(n >>> 7)))
const withLength = (bytes: Code): Code => code(leb(bytes.length), bytes)
const section = (id: number, ...parts: readonly (number | Code)[]): Code => code(id, withLength(code(...parts)))
const text = (name: string): Code => withLength([...new TextEncoder().encode(name)])

const [i32, v128, nothing] = [0x7f, 0x7b, 0x40]
const [add, subtract, branchIf, end] = [0x6a, 0x6b, 0x0d, 0x0b]
const get = (local: number): Code => code(0x20, leb(local))
const set = (local: number): Code => code(0x21, leb(local))
const tee = (local: number): Code => code(0x22, leb(local))
const one = [0x41, 1]
const stride = [0x41, 0x80, 0x01] // 128 = bytesPerTurn, signed LEB128
const simd = (operation: number): Code => code(0xfd, leb(operation))
const splat = (value: number): Code => code(0x43, [...new Uint8Array(new Float32Array([value]).buffer)], simd(0x13))
const [load, store] = [simd(0x00), simd(0x0b)]
const [multiply, plus, relaxedMadd, anyTrue] = [simd(0xe6), simd(0xe4), simd(0x105), simd(0x53)]
/** Repeats, each time taking a step off a local, until that is zero. */
const loop = (body: Code, local: number, step: Code): Code =>
  code(0x03, nothing, body, get(local), step, subtract, tee(local), branchIf, 0, end)

/** a ← x·y + a on every accumulator, in one instruction where the engine has it. */
function multiplyAddBody(fused: boolean): Code {
  const [turns, x, y, first] = [0, 1, 2, 3]
  const update = (a: number): Code =>
    fused ? code(get(x), get(y), get(a), relaxedMadd, set(a)) : code(get(x), get(y), multiply, get(a), plus, set(a))
  const turn = repeat(unrolled, () => repeat(accumulators, i => update(first + i)))
  const total = code(
    get(first),
    repeat(accumulators - 1, i => code(get(first + 1 + i), plus)),
  )
  const locals = [1, 2 + accumulators, v128]
  return code(locals, splat(0.5), set(x), splat(0.25), set(y), loop(turn, turns, one), total, anyTrue, end)
}

/** Eight vectors are read, then written. */
function copyBody(): Code {
  const [from, to, left, first, vectors] = [0, 1, 2, 3, 8]
  const at = (i: number): Code => code(4, leb(16 * i)) // alignment, offset
  const advance = (local: number): Code => code(get(local), stride, add, set(local))
  const reads = repeat(vectors, i => code(get(from), load, at(i), set(first + i)))
  const writes = repeat(vectors, i => code(get(to), get(first + i), store, at(i)))
  const body = code(reads, writes, advance(from), advance(to))
  return code(1, vectors, v128, loop(body, left, stride), end)
}

function assemble(fused: boolean): Uint8Array<ArrayBuffer> {
  const signatures = [2, 0x60, 1, i32, 1, i32, 0x60, 3, i32, i32, i32, 0]
  return Uint8Array.from(
    code(
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, signatures),
      section(3, 2, 0, 1),
      section(5, 1, 0, 1), // a memory of a page or more
      section(7, 3, text('multiplyAdd'), 0, 0, text('copy'), 0, 1, text('memory'), 2, 0),
      section(10, 2, withLength(multiplyAddBody(fused)), withLength(copyBody())),
    ),
  )
}

/** Loads the loops, with fused multiply-add if the engine has it. */
export function loadMachine(): Machine {
  const fused = assemble(true)
  const module = new WebAssembly.Module(WebAssembly.validate(fused) ? fused : assemble(false))
  return new WebAssembly.Instance(module).exports as unknown as Machine
}

/** A function that copies as many bytes as to make `bytes` read and written in all, from one place to another. */
export function copier(bytes: number): () => void {
  const { memory, copy } = loadMachine()
  const half = Math.max(bytesPerTurn, Math.floor(bytes / 2 / bytesPerTurn) * bytesPerTurn)
  memory.grow(Math.ceil((2 * half) / 65536))
  new Uint8Array(memory.buffer).fill(1)
  return () => copy(0, half, half)
}
