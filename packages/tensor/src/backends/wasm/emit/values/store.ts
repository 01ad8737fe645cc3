import { i32 } from 'wasmati'
import type { Code } from '../code.ts'
import { valueAt } from './evaluation.ts'
import { pointerAt, type Access, type Place } from './place.ts'
import { storeNeighbours, type Storage } from './storage.ts'

/** Stores a value's lanes for every vector of a place. */
export function storeAt(code: Code, place: Place, access: Access, storage: Storage, value: number): void {
  const pointer = pointerAt(place, access)
  const stride = access.step * access.bytes
  place.vectors.forEach(({ shift, lanes }, i) =>
    code.region(() => {
      const x = valueAt(place, value, i)
      if (access.step === 1 || lanes === 1) {
        const direct = shift * stride >= 0
        const address = direct ? pointer : code.keepInt(i32.add(pointer, (shift * stride) | 0))
        return storeNeighbours(code, storage, address, direct ? shift * stride : 0, x, lanes)
      }
      const encoded = code.keep(storage.encode(code, x))
      for (let lane = 0; lane < lanes; lane++) {
        const address = code.keepInt(i32.add(pointer, ((shift + lane) * stride) | 0))
        storage.width.storeLane({ offset: 0 }, lane, address, encoded)
      }
    }),
  )
}
