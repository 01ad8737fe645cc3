import { Tensor } from '@wids/tensor'
import { isContainer } from './fields.ts'
import { Module } from './module.ts'

/** A field that holds a tensor. */
export interface Place {
  readonly owner: object
  readonly key: string
  readonly tensor: Tensor
}

/** Every field below a module that holds a tensor, those that hold the same one included. */
export function* placesIn(owner: object, seen = new Set<object>()): Generator<Place> {
  if (seen.has(owner)) return
  seen.add(owner)
  for (const [key, value] of Object.entries(owner) as [string, unknown][])
    if (value instanceof Tensor) yield { owner, key, tensor: value }
    else if (value instanceof Module || isContainer(value)) yield* placesIn(value, seen)
}
