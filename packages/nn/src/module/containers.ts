import { ArgumentError, type Tensor } from '@wids/tensor'
import { printed } from '@wids/tensor/graph'
import { Module } from './module.ts'

/** A module of one tensor. */
export interface Layer extends Module {
  /** One tensor to another. */
  forward(x: Tensor): Tensor
}

/**
 * Modules one after the other; their names are '0', '1', … (`torch.nn.Sequential`).
 *
 * @example
 * const model = new Sequential(new Linear(4, 32), new Tanh(), new Linear(32, 3))
 * model.forward(randn([16, 4])).shape   // [16, 3]
 */
export class Sequential extends Module {
  /** The module at a position. */
  readonly [index: number]: Layer

  /** @param layers in the order in which they are applied */
  constructor(...layers: readonly Layer[]) {
    super()
    checkModules('Sequential', layers)
    Object.assign(this, layers)
  }

  /** The modules, in order. */
  get layers(): Layer[] {
    return Object.values(this).filter(value => value instanceof Module) as Layer[]
  }

  /** Applies every layer in order; shapes and errors are those of the layers. */
  forward(x: Tensor): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value), x)
  }
}

/**
 * A list of modules, named '0', '1', … (`torch.nn.ModuleList`). A plain array as a field does the same.
 *
 * @example
 * class Stack extends Module {
 *   layers = new ModuleList([1, 2, 3].map(() => new Linear(8, 8)))   // 'layers.0.weight', …
 *   forward(x: Tensor) { return [...this.layers].reduce((h, layer) => layer.forward(h).relu(), x) }
 * }
 */
export class ModuleList<Item extends Module> extends Module implements Iterable<Item> {
  /** The module at a position. */
  readonly [index: number]: Item

  /** @param modules in order; default none */
  constructor(modules: Iterable<Item> = []) {
    super()
    const list = [...modules]
    checkModules('ModuleList', list)
    Object.assign(this, list)
  }

  /** How many modules there are. */
  get length(): number {
    return this.#items().length
  }

  /**
   * The module at a position, from the end if negative.
   *
   * @throws ArgumentError if there is none
   */
  at(index: number): Item {
    const item = this.#items().at(index)
    if (item === undefined) throw new ArgumentError('ModuleList', `there is no module ${index} among ${this.length}`)
    return item
  }

  /** Adds a module at the end. */
  append(module: Item): this {
    return Object.assign(this, { [this.length]: module })
  }

  /** The modules, in order. */
  [Symbol.iterator](): Iterator<Item> {
    return this.#items()[Symbol.iterator]()
  }

  #items(): Item[] {
    return Object.values(this).filter(value => value instanceof Module) as Item[]
  }
}

function checkModules(container: string, modules: readonly unknown[]): void {
  const wrong = modules.findIndex(module => !(module instanceof Module))
  if (wrong >= 0) throw new ArgumentError(container, `item ${wrong} is a module, got ${printed(modules[wrong])}`)
}
