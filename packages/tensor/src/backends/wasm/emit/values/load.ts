import { i32, i8x16, local } from 'wasmati'
import type { Code, Int, OnStack } from '../code.ts'
import { pointerAt, safeAddress, type Access, type Place, type VectorAt } from './place.ts'
import type { Storage } from './storage.ts'

const reversed = [12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]

/** By the step between lanes: one element for all of them, or neighbours; memory around every block may be read past its end. */
const loaders = new Map<number, (storage: Storage, code: Code, address: Int, offset: number) => OnStack>([
  [0, ({ width }, _, address, offset) => width.splat({ offset }, address)],
  [1, ({ width }, _, address, offset) => width.load({ offset }, address)],
  [
    -1,
    ({ width }, code, address, offset) => {
      const backwards = code.keep(width.load({ offset }, i32.sub(address, 3 * width.bytes)))
      return i8x16.shuffle(reversed as never, backwards, backwards)
    },
  ],
])

/** The elements of a vector's lanes, as computed values. Lanes out of bounds hold anything. */
export function loadVector(code: Code, place: Place, access: Access, storage: Storage, vector: VectorAt): OnStack {
  return storage.decode(code, code.keep(bitsOf(code, place, access, storage, vector)))
}

function bitsOf(code: Code, place: Place, access: Access, storage: Storage, vector: VectorAt): OnStack {
  const pointer = pointerAt(place, access)
  const unbounded = access.bounds.length === 0 && access.laneBounds.length === 0
  const stride = access.step * access.bytes
  const distance = vector.shift * stride
  const load = loaders.get(access.step)
  if (load !== undefined && unbounded && distance >= 0) return load(storage, code, pointer, distance)
  const first = distance === 0 ? pointer : code.keepInt(i32.add(pointer, distance | 0))
  if (load !== undefined) return load(storage, code, safeAddress(code, place, access, vector, first), 0)
  return loadLanes(code, storage, vector.lanes, lane => {
    if (unbounded && stride > 0) return { address: first, offset: lane * stride }
    const address = code.keepInt(i32.add(first, (lane * stride) | 0))
    return { address: safeAddress(code, place, access, { shift: vector.shift + lane, lanes: 1 }, address), offset: 0 }
  })
}

/** The bits of elements that lie anywhere, lane by lane. */
export function loadLanes(
  code: Code,
  { width }: Storage,
  lanes: number,
  find: (lane: number) => { address: Int; offset: number },
): OnStack {
  let bits = code.i32(0)
  for (let lane = 0; lane < lanes; lane++) {
    const { address, offset } = find(lane)
    bits = code.keep(width.loadLane({ offset }, lane, address, bits))
  }
  return local.get(bits)
}
