import { checkTensors } from '../checkTensors.ts'
import type { Backend, Block, Program } from '../backends/backend.ts'
import { dtypes } from '../dtype.ts'
import { ArgumentError } from '../errors.ts'
import { makeNode } from '../graph/build.ts'
import { linearize } from '../graph/linearize.ts'
import type { Node } from '../graph/node.ts'
import type { Handle } from '../handle.ts'
import { naming } from '../naming.ts'
import { sizeOf } from '../shape.ts'
import { withCompanions } from './companions.ts'
import { device } from './device.ts'
import { boundHistories } from './history.ts'
import { launch } from './launch.ts'
import { deviceBlock, keepOnHost, overwritten, release, type Storage } from './storage.ts'
import { replacedIn } from './replaced.ts'
import { makeRoom } from './room.ts'
import { isTracing } from './trace.ts'
import { mayLeave, turnIfFull } from './turn.ts'

/** A new realized node: what a tensor is after its program ran. */
export function leaf(storage: Storage, like: Pick<Node, 'shape' | 'dtype'>): Node {
  const node = makeNode('buffer', [], {}, like.shape, like.dtype, storage.backend)
  node.storage = storage
  return node
}

export const bytesOf = (node: Pick<Node, 'shape' | 'dtype'>): number => sizeOf(node.shape) * dtypes[node.dtype].bytes

let programs = new WeakMap<Backend, Map<string, Program>>()
/** Lets every graph be compiled anew. */
export const forgetPrograms = (): void => void (programs = new WeakMap())
/** Programs kept for each device; the least recently used go first. */
const cachedPrograms = 256

/** The compiled program of a graph, from the cache if an equal graph was compiled before. */
export function programOf(backend: Backend, linear: ReturnType<typeof linearize>): Program {
  let cache = programs.get(backend)
  if (cache === undefined) programs.set(backend, (cache = new Map()))
  const program = cache.get(linear.key) ?? backend.compile(linear.graph())
  cache.delete(linear.key)
  cache.set(linear.key, program)
  if (cache.size > cachedPrograms) cache.delete(cache.keys().next().value!)
  return program
}

/** Host data is uploaded for one run, and for good when a second run wants it and this turn has room for it. */
export function borrowBlock(storage: Storage, lent: Block[]): Block {
  if (storage.gone !== undefined) throw new ArgumentError('realize', storage.gone)
  if (storage.block !== undefined || storage.host === undefined) return deviceBlock(storage)
  if (seenBefore.has(storage) && mayLeave(storage.backend, storage.bytes)) return deviceBlock(storage)
  seenBefore.add(storage)
  const block = storage.backend.alloc(storage.bytes)
  lent.push(block)
  storage.backend.write(block, storage.host)
  return block
}
const seenBefore = new WeakSet<Storage>()

/**
 * Starts the program that computes the given tensors, and what was made to be computed along with them, without
 * waiting for it. Reading a tensor waits.
 */
export function start(tensors: readonly Handle[]): void {
  if (isTracing())
    throw new ArgumentError(
      'realize',
      'a compiled function is being traced, so there are no values yet; return the tensor and read it outside',
    )
  const wanted = tensors.filter(t => t.node.storage === undefined)
  if (wanted.length === 0) return
  const { tensors: pending, nodes: order } = withCompanions(wanted)
  const nodes = [...new Set(pending.map(t => t.node))]
  const backend = nodes.find(n => n.device !== undefined)?.device ?? device()
  const before = new Map(pending.map(tensor => [tensor.node, tensor.replaced]))
  const { isSpare, isOver } = replacedIn(order, new Set(nodes))
  const over = nodes.map(node => (isOver(before.get(node)) ? before.get(node) : undefined))
  const spare = new Set(pending.filter(({ replaced }) => isSpare(replaced)))
  const linear = linearize(nodes, over, order)
  const program = programOf(backend, linear)
  const inPlace = over.map((replaced, i) => (program.inPlace[i] === linear.replaces[i] ? replaced : undefined))
  const storages = launch(
    backend,
    program,
    lent => linear.inputs.map(node => borrowBlock(node.storage!, lent)),
    nodes.map((node, i) => inPlace[i]?.storage ?? { bytes: bytesOf(node), isResult: before.get(node) === undefined }),
  )
  nodes.forEach((node, i) => void (node.storage = storages[i]))
  for (const replaced of inPlace) if (replaced !== undefined) replaced.storage = overwritten(replaced.storage!)
  for (const tensor of pending) tensor.settle(spare.has(tensor))
  boundHistories(
    nodes,
    [...before.values()].filter(node => node !== undefined),
  )
}

/**
 * Computes tensors of any shapes, together in one program, and waits until they are there.
 *
 * @throws ArgumentError while `compile` traces, where a disposed tensor is needed, or for an index out of range;
 * OutOfMemoryError
 * @example
 * const x = tensor([1, 2]).exp(), y = x.sum()
 * await realize(x, y)   // one program; reading x and y computes nothing more
 */
export async function realize(...tensors: readonly Handle[]): Promise<void> {
  checkTensors('realize', tensors)
  try {
    naming('realize', () => start(tensors))
  } catch (error) {
    await makeRoom(error)
    start(tensors)
  }
  await Promise.all([...new Set(tensors.map(t => t.node.storage!.backend))].map(backend => backend.sync()))
  await turnIfFull()
}

/** Bytes of a computed tensor. */
export async function readBytes(tensor: Handle): Promise<Uint8Array> {
  try {
    tensor.start()
  } catch (error) {
    await makeRoom(error)
    tensor.start()
  }
  const storage = tensor.node.storage!
  const bytes = await readStorage(storage)
  if (storage.bytes <= smallResult) keepOnHost(storage, bytes.slice())
  await turnIfFull()
  return bytes
}
/** Results up to this size stay on the host once they were read. */
const smallResult = 4096

async function readStorage(storage: Storage): Promise<Uint8Array> {
  if (storage.gone !== undefined) throw new ArgumentError('data', storage.gone)
  if (storage.host !== undefined) return storage.host.slice()
  storage.reading++
  try {
    return await storage.backend.read(storage.block!)
  } finally {
    storage.reading--
  }
}

/** Replaced values that earlier graphs may still need, two generations of each tensor; older ones are recycled. */
const keptValues = 2
export function retire(old: Node[], node: Node): void {
  old.push(node)
  if (old.length <= keptValues) return
  release(
    old.shift()!.storage!,
    'this tensor was computed from parameters that have been updated more than twice since; read it before, or return it from the compiled step',
  )
}
