import type { Backend, MemoryUse } from '../backends/backend.ts'
import { createReferenceBackend } from '../backends/reference/index.ts'
import { createWasmBackend } from '../backends/wasm/index.ts'
import { DeviceError } from '../errors.ts'
import { naming } from '../naming.ts'

/** Devices by name, made when first used: 'wasm' is WebAssembly on threads, 'reference' slow and exact, with f64. */
export type DeviceName = 'wasm' | 'reference'

const makers: Record<DeviceName, () => Backend> = { wasm: createWasmBackend, reference: createReferenceBackend }
const made = new Map<DeviceName, Backend>()
let current: DeviceName = 'wasm'

export function device(name: DeviceName = current): Backend {
  const maker = makers[name]
  if (maker === undefined)
    throw new DeviceError(
      'setDevice',
      `there is no device '${name}'; the devices are ${Object.keys(makers).join(', ')}`,
    )
  let backend = made.get(name)
  if (backend === undefined) made.set(name, (backend = maker()))
  return backend
}

/**
 * Chooses where tensors made from now on live; returns the device that was set before, at first 'wasm'
 * (`torch.set_default_device`).
 *
 * @throws DeviceError for a device that does not exist
 * @example
 * const before = setDevice('reference')   // slow and exact, with f64
 * setDevice(before)
 */
export function setDevice(name: DeviceName): DeviceName {
  const before = current
  device(name)
  current = name
  return before
}

/**
 * Bytes in use on a device (default: the current one). `program` of a compiled function tells what it will add.
 *
 * @throws DeviceError for a device that does not exist
 * @example
 * memory().live   // bytes that tensors hold
 */
export const memory = (name?: DeviceName): MemoryUse => naming('memory', () => device(name)).memory()
