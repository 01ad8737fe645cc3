import { tensor, type Tensor, zeros, zerosLike } from '@wids/tensor'
import { isTracing, passing, start as begin } from '@wids/tensor/graph'
import { type Loaded, loadTensors } from '../module/loadTensors.ts'
import { checkGradients, checkOptions, checkParameters } from './checks.ts'

/** Where a step leads. */
export interface Direction {
  /** Whether steps go up the gradients rather than down. Default false. */
  readonly maximize?: boolean | undefined
}

/** Options of every optimizer. */
export interface Rate extends Direction {
  /** Learning rate. */
  readonly lr: number
}

/** Parameters with options of their own; a learning rate keeps its ratio to the optimizer's when that changes. */
export type ParameterGroup<Options> = Partial<Options> & { readonly parameters: readonly Tensor[] }

/** Options of an optimizer, and other ones for some of its parameters. */
export type Grouped<Options> = Options & {
  /** Parameters with options of their own. Default none. */
  readonly groups?: readonly ParameterGroup<Options>[] | undefined
}

/** Some of the options; one that is undefined counts as left out. */
type Some<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined }

/** Tensors that an optimizer keeps for one parameter, by name. */
export type State<Slot extends string> = Readonly<Record<Slot, Tensor>>

/** The update of one parameter, as its formula; state is what its options keep. */
export type UpdateRule<Slot extends string> = (
  value: Tensor,
  gradient: Tensor,
  state: State<Slot>,
) => { readonly value: Tensor; readonly state: Partial<State<Slot>> }

/** What the state of a parameter with these options starts with. */
export type Start<Options, Slot extends string> = (parameter: Tensor, options: Options) => Partial<State<Slot>>

/** Options with all defaults filled in. */
export type Complete<Options> = Required<{ [Key in keyof Options]: Exclude<Options[Key], undefined> }>

/** Zeros in the shape of the parameter, for each slot. */
export const zerosFor = <Slot extends string>(parameter: Tensor, ...slots: readonly Slot[]): Partial<State<Slot>> =>
  Object.fromEntries(slots.map(slot => [slot, zerosLike(parameter)])) as Partial<State<Slot>>

interface Group<Options, Slot extends string> {
  readonly options: Options
  /** Its learning rate in units of the optimizer's. */
  readonly scale: number
  readonly members: readonly { readonly index: number; readonly parameter: Tensor; readonly state: State<Slot> }[]
}

/**
 * What all optimizers share: groups of parameters, state, and assigning what the formula gives. Learning rate, step
 * count and state are tensors, so that a compiled step reads them anew each time and a checkpoint holds them
 * (`torch.optim.Optimizer`).
 *
 * @example
 * class SignDescent extends Optimizer<Rate, never> {
 *   constructor(parameters: readonly Tensor[], lr: number) { super(parameters, { lr }, [], () => ({})) }
 *   protected override rule(_: Rate, lr: Tensor): UpdateRule<never> {
 *     return (value, gradient) => ({ value: value.sub(gradient.sign().mul(lr)), state: {} })
 *   }
 * }
 */
export abstract class Optimizer<Options extends Rate, Slot extends string> {
  /** In the order in which `step` takes gradients. */
  readonly parameters: readonly Tensor[]
  /** f32 [], the learning rate. */
  readonly lr: Tensor
  /** i32 [], steps taken. */
  readonly steps: Tensor
  readonly #groups: readonly Group<Options, Slot>[]

  /**
   * @param groups other options for some of the parameters
   * @param start the state of each parameter
   * @throws ArgumentError without parameters, where groups name other ones or overlap, or for an option out of
   * range;
   * DTypeError for integers
   */
  constructor(
    parameters: readonly Tensor[],
    options: Options,
    groups: readonly ParameterGroup<Some<Options>>[],
    start: Start<Options, Slot>,
  ) {
    checkParameters(parameters, groups)
    for (const each of [options, ...groups]) checkOptions(each)
    this.parameters = [...parameters]
    this.lr = tensor(options.lr)
    this.steps = zeros([], 'i32')
    const rest = parameters.filter(parameter => !groups.some(group => group.parameters.includes(parameter)))
    const group = (members: readonly Tensor[], own: Options): Group<Options, Slot> => ({
      options: own,
      scale: own.lr === options.lr ? 1 : own.lr / options.lr,
      members: members.map(parameter => ({
        index: parameters.indexOf(parameter),
        parameter,
        state: start(parameter, own) as State<Slot>,
      })),
    })
    this.#groups = [group(rest, options), ...groups.map(own => group(own.parameters, overridden(options, own)))]
  }

  /** The formula for parameters with these options, at a learning rate (f32 []) and a step (i32 [], from 1). */
  protected abstract rule(options: Options, lr: Tensor, step: Tensor): UpdateRule<Slot>

  /**
   * Changes the parameters by one step. Outside of `compile` its program starts and is not waited for.
   *
   * @param gradients one for each of `parameters`, of its shape
   * @throws ArgumentError unless they are as many, ShapeError unless their shapes fit
   */
  step(gradients: readonly Tensor[]): void {
    checkGradients(this.parameters, gradients)
    const targets = passing(() => this.#assign(gradients))
    if (!isTracing()) begin(targets)
  }

  /** Assigns parameters and state their next values; returns them. */
  #assign(gradients: readonly Tensor[]): Tensor[] {
    const step = this.steps.add(1)
    const updates: (readonly [Tensor, Tensor])[] = [[this.steps, step]]
    for (const { options, scale, members } of this.#groups) {
      const update = this.rule(options, scale === 1 ? this.lr : this.lr.mul(scale), step)
      for (const { index, parameter, state } of members) {
        const gradient = gradients[index]!
        const updated = update(parameter, options.maximize === true ? gradient.neg() : gradient, state)
        updates.push([parameter, updated.value])
        for (const slot in state) updates.push([state[slot], updated.state[slot]!])
      }
    }
    return updates.map(([target, value]) => target.assign(value.to(target.dtype)))
  }

  /**
   * Changes the learning rate; a tensor (f32 of one element) may be an argument of a compiled function.
   *
   * @throws ArgumentError for a negative number, ShapeError for a tensor of several elements
   */
  setLearningRate(lr: number | Tensor): void {
    if (typeof lr === 'number') checkOptions({ lr })
    this.lr.assign(typeof lr === 'number' ? tensor(lr) : lr.reshape([]))
  }

  /** Learning rate, step count, and 'state.0.exp_avg', …, by the position of the parameter: the tensors themselves. */
  stateDict(): Record<string, Tensor> {
    const members = this.#groups.flatMap(group => group.members).toSorted((a, b) => a.index - b.index)
    const slots = members.flatMap(({ index, state }) =>
      Object.entries<Tensor>(state).map(([slot, value]) => [`state.${index}.${slot}`, value] as const),
    )
    return { lr: this.lr, steps: this.steps, ...Object.fromEntries(slots) }
  }

  /**
   * Takes over the state of an optimizer of the same kind over parameters in the same order.
   *
   * @throws ArgumentError that lists what is missing, unexpected or of another shape
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>): Loaded {
    return loadTensors(this.constructor.name, this.stateDict(), state, true)
  }
}

function overridden<Options>(options: Options, own: Some<Options>): Options {
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  return { ...options, ...Object.fromEntries(given) }
}
