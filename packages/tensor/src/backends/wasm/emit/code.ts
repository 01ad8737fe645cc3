import { defaultCtx, f32x4, local, v128, type Func, type Input, type Local, type StackVar } from 'wasmati'
import { define, type Locals } from './define.ts'

export type Vector = Local<'v128'>
export type Int = Local<'i32'>
/** A vector that was just computed and lies on the stack: the next instruction must take it. */
export type OnStack = StackVar<'v128'>

/** What the body of a function is written with. */
export interface Code {
  /** Whether fused multiply-add is there. */
  readonly relaxed: boolean
  readonly int: () => Int
  readonly vector: () => Vector
  /** Puts a value into a local. */
  readonly keep: (x: Input<'v128'>) => Vector
  readonly keepInt: (x: Input<'i32'>) => Int
  /** Locals made by `body` serve again after it. */
  readonly region: <T>(body: () => T) => T
  /** A number in every lane, loaded once a call: V8 would load it anew at every use. */
  readonly f32: (x: number) => Vector
  readonly i32: (x: number) => Vector
  readonly f64: (x: number) => Vector
  readonly lanes: (words: Int32Array) => Vector
}

interface Pool {
  readonly int: () => Int
  readonly vector: () => Vector
  readonly region: <T>(body: () => T) => T
}

/** Locals that are taken again where the region that made them has ended. */
function poolOf(locals: Locals): Pool {
  const free = { i32: [] as Int[], v128: [] as Vector[] }
  let made = { i32: [] as Int[], v128: [] as Vector[] }
  const int = (): Int => {
    const taken = free.i32.pop() ?? locals.i32()
    made.i32.push(taken)
    return taken
  }
  const vector = (): Vector => {
    const taken = free.v128.pop() ?? locals.v128()
    made.v128.push(taken)
    return taken
  }
  const region = <T>(body: () => T): T => {
    const outside = made
    made = { i32: [], v128: [] }
    const result = body()
    free.i32.push(...made.i32)
    free.v128.push(...made.v128)
    made = outside
    return result
  }
  return { int, vector, region }
}

/** Code in the body of a `define`d function; `placeConstants` must be its last call there. */
export function makeCode(locals: Locals, relaxed: boolean): { code: Code; placeConstants: () => void } {
  const pool = poolOf(locals)
  const constants = new Map<string, { words: Int32Array; into: Vector }>()
  const lanes = (words: Int32Array): Vector => {
    const key = words.join()
    const known = constants.get(key) ?? { words, into: locals.v128() }
    constants.set(key, known)
    return known.into
  }
  const splat = (numbers: Float32Array | Int32Array | Float64Array): Vector => lanes(new Int32Array(numbers.buffer))
  const keepIn =
    <L extends Local>(make: () => L) =>
    (x: Input<L['type']>): L => {
      const into = make()
      local.set(into, x)
      return into
    }
  const code: Code = {
    ...pool,
    relaxed,
    keep: keepIn(pool.vector),
    keepInt: keepIn(pool.int),
    f32: x => splat(new Float32Array(4).fill(x)),
    i32: x => splat(new Int32Array(4).fill(x)),
    f64: x => splat(new Float64Array(2).fill(x)),
    lanes,
  }
  return { code, placeConstants: () => placeConstants([...constants.values()]) }
}

/** Sets the constants at the start of the function, whose body is written already. */
function placeConstants(constants: readonly { words: Int32Array; into: Vector }[]): void {
  const { body } = defaultCtx
  const written = body.length
  for (const { words, into } of constants) {
    v128.const('i8x16', [...new Uint8Array(words.buffer)] as never)
    local.set(into)
  }
  body.unshift(...body.splice(written))
}

type Kinds = readonly ('i32' | 'v128')[]
type Params<K extends Kinds> = { [I in keyof K]: Local<K[I]> }

/** A function (params) → () whose body is written with `Code`. */
export function defineCode<const K extends Kinds>(
  params: K,
  relaxed: boolean,
  write: (params: Params<K>, code: Code) => void,
): Func<[...K], []> {
  return define(params, (given, locals) => {
    const { code, placeConstants } = makeCode(locals, relaxed)
    write(given as Params<K>, code)
    placeConstants()
  })
}

/** a · b + c, rounded once where the machine can. */
export function multiplyAdd(code: Code, a: Input<'v128'>, b: Input<'v128'>, c: Input<'v128'>): OnStack {
  return code.relaxed ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c)
}
