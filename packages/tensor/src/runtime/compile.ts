import type { Backend, Block, Program } from '../backends/backend.ts'
import { ArgumentError } from '../errors.ts'
import { makeNode } from '../graph/build.ts'
import { linearize } from '../graph/linearize.ts'
import type { Node } from '../graph/node.ts'
import { dtypeOfArray } from '../ops/create.ts'
import { Handle } from '../handle.ts'
import { Tensor } from '../tensor.ts'
import { device } from './device.ts'
import { borrowBlock, bytesOf, leaf, programOf, start } from './realize.ts'
import { deviceBlock, deviceStorage, release, type Storage } from './storage.ts'
import { isTracing, record } from './trace.ts'
import { flatten, type Leaf } from './tree.ts'

/** What one traced signature replays. */
interface Replay {
  readonly backend: Backend
  readonly program: Program
  /** Where each input slot comes from: an argument's position, a tensor from outside, or data made while tracing. */
  readonly slots: readonly (number | Handle | Storage)[]
  readonly outputs: readonly Node[]
  readonly assigned: readonly { readonly tensor: Handle; readonly slot: number; readonly inPlace: boolean }[]
  readonly rebuild: (tensors: readonly Tensor[]) => unknown
}

/**
 * Makes a function of tensors run as one program: the first call with arguments of new shapes traces it, later calls
 * replay without building a graph. Tensors it assigns to (parameters, optimizer state) are updated; what else changes
 * between calls must be an argument. Arguments and results may be nested in arrays and objects; a typed array becomes
 * a tensor of one axis; other values (numbers, strings, modules) are part of the signature.
 *
 * @example
 * const w = tensor([1, 2])
 * const step = compile((x: Tensor) => { w.assign(w.add(x)); return w.sum() })
 * await step(tensor([1, 1])).item()   // 5
 */
export function compile<Arguments extends readonly unknown[], Result>(
  fn: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const replays = new Map<string, Replay>()
  return (...args) => {
    if (isTracing()) return fn(...args)
    const { leaves, signature } = flatten(args)
    let replay = replays.get(signature)
    if (replay === undefined) replays.set(signature, (replay = trace(fn, args, leaves)))
    return run(replay, leaves) as Result
  }
}

function trace<Arguments extends readonly unknown[]>(
  fn: (...args: Arguments) => unknown,
  args: Arguments,
  leaves: readonly Leaf[],
): Replay {
  const { result: traced, trace } = record(() => {
    const placeholders = leaves.map(
      leaf =>
        new Tensor(
          leaf instanceof Tensor
            ? makeNode('buffer', [], {}, leaf.shape, leaf.dtype, leaf.device)
            : makeNode('buffer', [], {}, [leaf.length], dtypeOfArray(leaf)),
        ),
    )
    const result = flatten(fn(...(flatten(args).rebuild(placeholders) as unknown as Arguments)))
    if (result.leaves.some(leaf => !(leaf instanceof Tensor)))
      throw new ArgumentError('compile', 'the function returns a typed array; return tensors')
    const outputs = (result.leaves as Tensor[]).map(t => t.node)
    return { placeholders: placeholders.map(t => t.node), outputs, rebuild: result.rebuild }
  })
  const assigned = [...trace.assigned]
  const slotOf = (tensor: Handle): Node =>
    trace.captured.get(tensor) ?? makeNode('buffer', [], {}, tensor.shape, tensor.dtype, tensor.device)
  const targets = assigned.map(([tensor]) => slotOf(tensor))
  const linear = linearize(
    [...traced.outputs, ...assigned.map(([, node]) => node)],
    [...traced.outputs.map(() => undefined), ...targets],
  )
  const sources = new Map<Node, number | Handle>(traced.placeholders.map((node, i) => [node, i]))
  for (const [tensor, node] of trace.captured) sources.set(node, tensor)
  assigned.forEach(([tensor], i) => sources.set(targets[i]!, tensor))
  const backend = linear.inputs.find(n => n.device !== undefined)?.device ?? device()
  const program = programOf(backend, linear)
  const first = traced.outputs.length
  return {
    backend,
    program,
    slots: linear.inputs.map(node => sources.get(node) ?? node.storage!),
    outputs: traced.outputs,
    assigned: assigned.map(([tensor], i) => {
      const slot = linear.graph.replaces[first + i]!
      return { tensor, slot, inPlace: program.inPlace[first + i] === slot }
    }),
    rebuild: traced.rebuild,
  }
}

function run(replay: Replay, leaves: readonly Leaf[]): unknown {
  const { backend, program, slots, outputs, assigned, rebuild } = replay
  start([...slots.filter(slot => slot instanceof Handle), ...leaves.filter(leaf => leaf instanceof Handle)])
  const borrowed: Block[] = []
  const blocks = slots.map(slot => slotBlock(backend, slot, leaves, borrowed))
  const results = outputs.map(node => leaf(deviceStorage(backend, bytesOf(node)), node))
  const replaced = assigned.map(({ tensor, slot, inPlace }) => {
    const old = tensor.node
    const alone =
      inPlace &&
      old.uses === 0 &&
      old.handles === 1 &&
      old.storage!.reading === 0 &&
      blocks.indexOf(blocks[slot]!) === blocks.lastIndexOf(blocks[slot]!)
    return alone ? old : leaf(deviceStorage(backend, bytesOf(old)), old)
  })
  backend.run(
    program,
    blocks,
    [...results, ...replaced].map(node => deviceBlock(node.storage!)),
  )
  for (const block of borrowed) backend.free(block)
  assigned.forEach(({ tensor }, i) => replace(tensor, replaced[i]!))
  return rebuild(results.map(node => new Tensor(node)))
}

function slotBlock(
  backend: Backend,
  slot: number | Handle | Storage,
  leaves: readonly Leaf[],
  borrowed: Block[],
): Block {
  const source = typeof slot === 'number' ? leaves[slot]! : slot
  if (source instanceof Handle)
    return typeof slot === 'number' ? borrowBlock(source.node.storage!, borrowed) : deviceBlock(source.node.storage!)
  if (!ArrayBuffer.isView(source)) return deviceBlock(source)
  const block = backend.alloc(source.byteLength)
  backend.write(block, new Uint8Array(source.buffer, source.byteOffset, source.byteLength))
  borrowed.push(block)
  return block
}

/** Gives a tensor its new value; the old bytes are recycled at once if nothing else can read them. */
function replace(tensor: Handle, node: Node): void {
  const old = tensor.node
  if (old === node) return
  tensor.adopt(node)
  if (old.uses === 0 && old.handles === 1) release(old.storage!, 'this value was replaced by a compiled function')
}
