import { f32, func, i32, i64, v128, type Func, type Local } from 'wasmati'

type Kind = 'i32' | 'i64' | 'f32' | 'v128'
const kinds = { i32, i64, f32, v128 } as const
const order: readonly Kind[] = ['i32', 'i64', 'f32', 'v128']

/** Makes locals of a function while its body is written. */
export type Locals = { readonly [K in Kind]: () => Local<K> }

type Params<Args extends readonly Kind[]> = { [I in keyof Args]: Local<Args[I]> }

/**
 * A WebAssembly function (params) → () whose locals are made where they are needed. wasmati wants them all declared
 * first, grouped by type; but it looks up a local's index only when the module is put together, so the indices are
 * settled here, after the body.
 */
export function define<const Args extends readonly Kind[]>(
  params: Args,
  body: (params: Params<Args>, locals: Locals) => void,
): Func<[...Args], []> {
  const made: { readonly kind: Kind; readonly local: Local }[] = []
  const types = params.map(kind => kinds[kind])
  const declared = func({ in: types as never, out: [] }, (given, _, context) => {
    const make =
      <K extends Kind>(kind: K) =>
      (): Local<K> => {
        const local: Local<K> = { kind: 'local', type: kind, index: context.locals.push(kind) - 1 }
        made.push({ kind, local })
        return local
      }
    body(given as unknown as Params<Args>, { i32: make('i32'), i64: make('i64'), f32: make('f32'), v128: make('v128') })
  }) as unknown as Func<[...Args], []>
  let next = params.length
  for (const kind of order)
    for (const entry of made) {
      if (entry.kind !== kind) continue
      entry.local.index = next++
      declared.locals.push(kind)
    }
  return declared
}
