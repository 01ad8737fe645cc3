import type { Backend, Block, Program } from '../backends/backend.ts'
import { ArgumentError, printed } from '../errors.ts'
import { makeNode } from '../graph/build.ts'
import { linearize } from '../graph/linearize.ts'
import type { Node } from '../graph/node.ts'
import { arrayBytes, dtypeOfArray } from '../ops/create.ts'
import { Handle } from '../handle.ts'
import { Tensor } from '../tensor.ts'
import { device } from './device.ts'
import { launch, type Output } from './launch.ts'
import { memoryOf, type ProgramMemory } from './programMemory.ts'
import { borrowBlock, bytesOf, leaf, programOf, start } from './realize.ts'
import { deviceBlock, release, type Storage } from './storage.ts'
import { isTracing, record } from './trace.ts'
import { flatten, type Leaf } from './tree.ts'

/** What one traced signature replays. */
interface Replay {
  readonly backend: Backend
  readonly program: Program
  /** Where each input slot comes from: an argument's position, a tensor from outside, or data made while tracing. */
  readonly slots: readonly (number | Handle | Storage)[]
  /** The tensors from outside among them. */
  readonly captured: readonly Handle[]
  readonly outputs: readonly (Output & { readonly node: Node })[]
  readonly assigned: readonly { readonly tensor: Handle; readonly inPlace: boolean; readonly output: Output }[]
  readonly rebuild: (tensors: readonly Tensor[]) => unknown
  readonly memory: ProgramMemory
}

/** A function of tensors that runs as one program for each signature of its arguments. */
export interface Compiled<Arguments extends readonly unknown[], Result> {
  (...args: Arguments): Result
  /**
   * The program for such arguments, traced and planned but not run: what it will need. Only the shapes of the arguments
   * count, so `zeros(…)` that are never read do.
   *
   * @throws OutOfMemoryError if the device could never hold it
   * @example
   * const square = compile((x: Tensor) => x.matmul(x))
   * square.program(zeros([1000, 1000])).memory.total / 1e6   // MB
   */
  program(...args: Arguments): { readonly memory: ProgramMemory }
}

/**
 * Makes a function of tensors run as one program: the first call with arguments of new shapes traces it, later calls
 * replay without building a graph. Tensors it assigns to (parameters, optimizer state) are updated; what else changes
 * between calls must be an argument. Arguments and results may be nested in arrays and objects; a typed array becomes
 * a tensor of one axis; other values (numbers, strings, modules) are part of the signature. Much as `jax.jit` or
 * `torch.compile`.
 *
 * @param fn gives tensors, and reads none
 * @throws ArgumentError for what is no function; when called, ArgumentError if `fn` reads a tensor or returns a typed array; OutOfMemoryError
 * @example
 * const w = tensor([1, 2])
 * const step = compile((x: Tensor) => { w.assign(w.add(x)); return w.sum() })
 * await step(tensor([1, 1])).item()   // 5
 */
export function compile<Arguments extends readonly unknown[], Result>(
  fn: (...args: Arguments) => Result,
): Compiled<Arguments, Result> {
  if (typeof fn !== 'function') throw new ArgumentError('compile', `a function is needed, got ${printed(fn)}`)
  const replays = new Map<string, Replay>()
  const replayOf = (args: Arguments, { leaves, signature }: ReturnType<typeof flatten>): Replay => {
    let replay = replays.get(signature)
    if (replay === undefined) replays.set(signature, (replay = trace(fn, args, leaves)))
    return replay
  }
  const call = (...args: Arguments): Result => {
    if (isTracing()) return fn(...args)
    const flat = flatten(args)
    return run(replayOf(args, flat), flat.leaves) as Result
  }
  const program = (...args: Arguments): { readonly memory: ProgramMemory } => {
    if (isTracing()) throw new ArgumentError('program', 'a compiled function is being traced; ask outside of it')
    return { memory: replayOf(args, flatten(args)).memory }
  }
  return Object.assign(call, { program })
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
  const slots = linear.inputs.map(node => sources.get(node) ?? node.storage!)
  return {
    backend,
    program,
    slots,
    captured: slots.filter(slot => slot instanceof Handle),
    outputs: traced.outputs.map(node => ({ node, bytes: bytesOf(node), isResult: true })),
    assigned: assigned.map(([tensor], i) => ({
      tensor,
      inPlace: program.inPlace[first + i] === linear.replaces[first + i],
      output: { bytes: bytesOf(tensor), isResult: false },
    })),
    rebuild: traced.rebuild,
    memory: memoryOf(backend, linear.graph(), program),
  }
}

function run(replay: Replay, leaves: readonly Leaf[]): unknown {
  const { backend, program, slots, captured, outputs, assigned, rebuild } = replay
  const tensors = [...captured, ...leaves.filter(leaf => leaf instanceof Handle)]
  start(tensors)
  const storages = launch(backend, program, lent => slots.map(slot => slotBlock(backend, slot, leaves, lent)), [
    ...outputs,
    ...assigned.map(({ tensor, inPlace, output }) =>
      inPlace && isAlone(tensor, leaves) ? tensor.node.storage! : output,
    ),
  ])
  assigned.forEach(({ tensor }, i) => replace(tensor, storages[outputs.length + i]!))
  return rebuild(outputs.map(({ node }, i) => new Tensor(leaf(storages[i]!, node))))
}

/** Whether nothing but the assigned tensor itself can read its value. */
function isAlone(tensor: Handle, leaves: readonly Leaf[]): boolean {
  const { uses, handles, storage } = tensor.node
  return uses === 0 && handles === 1 && storage!.reading === 0 && !leaves.includes(tensor as Tensor)
}

function slotBlock(backend: Backend, slot: number | Handle | Storage, leaves: readonly Leaf[], lent: Block[]): Block {
  if (slot instanceof Handle) return deviceBlock(slot.node.storage!)
  if (typeof slot !== 'number') return deviceBlock(slot)
  const argument = leaves[slot]!
  if (argument instanceof Handle) return borrowBlock(argument.node.storage!, lent)
  const bytes = arrayBytes(argument)
  const block = backend.alloc(bytes.byteLength)
  lent.push(block)
  backend.write(block, bytes)
  return block
}

/** Gives a tensor its new value; the old bytes are recycled at once if nothing else can read them. */
function replace(tensor: Handle, storage: Storage): void {
  const old = tensor.node
  if (old.storage === storage) return
  tensor.adopt(leaf(storage, old))
  if (old.uses === 0 && old.handles === 1) release(old.storage!, 'this value was replaced by a compiled function')
}
