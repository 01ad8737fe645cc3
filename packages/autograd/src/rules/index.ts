import type { Node, Primitive } from '@wids/tensor/graph'
import { attentionRules } from './attention.ts'
import { contractionRules } from './contraction.ts'
import { binaryRules, selectionRules, unaryRules } from './elementwise.ts'
import { indexingRules } from './indexing.ts'
import { reductionRules } from './reductions.ts'
import type { Rules, Slope } from './rule.ts'
import { sourceRules } from './sources.ts'
import { viewRules } from './views.ts'

/** The gradient rule of every primitive. Broadcasting is a primitive too (`expand`), so no rule undoes it. */
export const rules: Rules = {
  ...sourceRules,
  ...unaryRules,
  ...binaryRules,
  ...selectionRules,
  ...reductionRules,
  ...viewRules,
  ...indexingRules,
  ...contractionRules,
  ...attentionRules,
}

/** The slope of one input of a node, whose attributes are those of its primitive, as a union of rules cannot say. */
export function slopeAt(node: Node, input: number): Slope<Primitive> | undefined {
  const slopes = rules[node.op] as readonly (Slope<Primitive> | undefined)[]
  return slopes[Math.min(input, slopes.length - 1)]
}
