import * as elementwise from '../ops/elementwise.ts'
import type { Operand } from '../ops/elementwise.ts'
import type { Tensor } from '../tensor.ts'
import { tensorOf } from './tensorOf.ts'

/** Operations on each element. */
export class ElementwiseMethods {
  // Of one tensor; real functions take integers as f32
  /** −x */
  neg(): Tensor {
    return elementwise.unary('neg', tensorOf(this))
  }
  /** |x| */
  abs(): Tensor {
    return elementwise.unary('abs', tensorOf(this))
  }
  /** −1, 0 or 1, the sign of x; NaN stays. */
  sign(): Tensor {
    return elementwise.unary('sign', tensorOf(this))
  }
  /** ⌊x⌋, down to a whole number. */
  floor(): Tensor {
    return elementwise.unary('floor', tensorOf(this))
  }
  /** ⌈x⌉, up to a whole number. */
  ceil(): Tensor {
    return elementwise.unary('ceil', tensorOf(this))
  }
  /** To the nearest integer, halves to even. */
  round(): Tensor {
    return elementwise.unary('round', tensorOf(this))
  }
  /** Toward 0 to a whole number. */
  trunc(): Tensor {
    return elementwise.unary('trunc', tensorOf(this))
  }
  /** √x; NaN below 0. */
  sqrt(): Tensor {
    return elementwise.real('sqrt', tensorOf(this))
  }
  /** 1 / √x */
  rsqrt(): Tensor {
    return elementwise.real('rsqrt', tensorOf(this))
  }
  /** eˣ */
  exp(): Tensor {
    return elementwise.real('exp', tensorOf(this))
  }
  /** ln x, the natural logarithm; −∞ of 0, NaN below. */
  log(): Tensor {
    return elementwise.real('log', tensorOf(this))
  }
  /** log(1 + x), exact for small x (`torch.log1p`). */
  log1p(): Tensor {
    return elementwise.log1p(tensorOf(this))
  }
  /** eˣ − 1, exact for small x (`torch.expm1`). */
  expm1(): Tensor {
    return elementwise.expm1(tensorOf(this))
  }
  /** Sine of radians. */
  sin(): Tensor {
    return elementwise.real('sin', tensorOf(this))
  }
  /** Cosine of radians. */
  cos(): Tensor {
    return elementwise.real('cos', tensorOf(this))
  }
  /** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), the hyperbolic tangent. */
  tanh(): Tensor {
    return elementwise.real('tanh', tensorOf(this))
  }
  /** 2/√π ∫₀ˣ e^(−t²) dt, the error function. */
  erf(): Tensor {
    return elementwise.real('erf', tensorOf(this))
  }
  /** x² */
  square(): Tensor {
    return this.mul(tensorOf(this))
  }
  /** 1 / x; integers give f32. */
  reciprocal(): Tensor {
    return elementwise.reciprocal(tensorOf(this))
  }
  /** Whether x is not a number, as bool (`isnan`). */
  isNaN(): Tensor {
    return this.ne(tensorOf(this))
  }
  /** Whether x is neither infinite nor NaN, as bool (`isfinite`). */
  isFinite(): Tensor {
    return elementwise.isFinite(tensorOf(this))
  }
  /** Whether x is 0, as bool (`logical_not`). */
  logicalNot(): Tensor {
    return elementwise.logicalNot(tensorOf(this))
  }
  /**
   * Limited to [low, high], which broadcast; either may be undefined. NaN stays.
   *
   * @throws ArgumentError if both are; ShapeError unless the shapes broadcast
   */
  clamp(low?: Operand, high?: Operand): Tensor {
    return elementwise.clamp(tensorOf(this), low, high)
  }
  // Of two operands that broadcast; dtypes meet by promotion
  /**
   * x + y, in the shape to which both broadcast.
   *
   * @throws ShapeError unless the shapes broadcast, as with every operation of two
   */
  add(other: Operand): Tensor {
    return elementwise.binary('add', tensorOf(this), other)
  }
  /** x − y */
  sub(other: Operand): Tensor {
    return elementwise.binary('sub', tensorOf(this), other)
  }
  /** x · y, elementwise */
  mul(other: Operand): Tensor {
    return elementwise.binary('mul', tensorOf(this), other)
  }
  /** True division: integers give f32. */
  div(other: Operand): Tensor {
    return elementwise.divide(tensorOf(this), other)
  }
  /** ⌊x / y⌋, division toward minus infinity (`floor_divide`). */
  floorDivide(other: Operand): Tensor {
    return elementwise.floorDivide(tensorOf(this), other)
  }
  /** Remainder with the divisor's sign: x − ⌊x / y⌋ · y. */
  remainder(other: Operand): Tensor {
    return elementwise.binary('mod', tensorOf(this), other)
  }
  /** x to the power y; small whole powers are products. */
  pow(exponent: Operand): Tensor {
    return elementwise.power(tensorOf(this), exponent)
  }
  /** The larger of x and y; NaN if either is. */
  maximum(other: Operand): Tensor {
    return elementwise.binary('max', tensorOf(this), other)
  }
  /** The smaller of x and y; NaN if either is. */
  minimum(other: Operand): Tensor {
    return elementwise.binary('min', tensorOf(this), other)
  }
  /** x < y, as bool */
  lt(other: Operand): Tensor {
    return elementwise.binary('less', tensorOf(this), other)
  }
  /** x ≤ y, as bool */
  le(other: Operand): Tensor {
    return elementwise.binary('lessEqual', tensorOf(this), other)
  }
  /** x > y, as bool */
  gt(other: Operand): Tensor {
    return elementwise.binary('less', other, tensorOf(this))
  }
  /** x ≥ y, as bool */
  ge(other: Operand): Tensor {
    return elementwise.binary('lessEqual', other, tensorOf(this))
  }
  /** x = y, as bool */
  eq(other: Operand): Tensor {
    return elementwise.binary('equal', tensorOf(this), other)
  }
  /** x ≠ y, as bool */
  ne(other: Operand): Tensor {
    return elementwise.binary('notEqual', tensorOf(this), other)
  }
  /**
   * x and y, bit by bit; of bool, logic (`bitwise_and`).
   *
   * @throws DTypeError for real numbers
   */
  and(other: Operand): Tensor {
    return elementwise.bits('and', tensorOf(this), other)
  }
  /**
   * x or y, bit by bit; of bool, logic (`bitwise_or`).
   *
   * @throws DTypeError for real numbers
   */
  or(other: Operand): Tensor {
    return elementwise.bits('or', tensorOf(this), other)
  }
  /**
   * Either x or y, bit by bit; of bool, logic (`bitwise_xor`).
   *
   * @throws DTypeError for real numbers
   */
  xor(other: Operand): Tensor {
    return elementwise.bits('xor', tensorOf(this), other)
  }
  /**
   * Bits moved up: x · 2ʸ (`bitwise_left_shift`).
   *
   * @throws DTypeError for real numbers
   */
  shiftLeft(by: Operand): Tensor {
    return elementwise.bits('shiftLeft', tensorOf(this), by)
  }
  /**
   * Bits moved down: ⌊x / 2ʸ⌋; of i32, the sign stays (`bitwise_right_shift`).
   *
   * @throws DTypeError for real numbers
   */
  shiftRight(by: Operand): Tensor {
    return elementwise.bits('shiftRight', tensorOf(this), by)
  }
  /**
   * `value` where the mask holds, else x, in the shape to which both broadcast (`masked_fill`).
   *
   * @throws DTypeError unless the mask is bool; ShapeError unless the shapes broadcast
   */
  maskedFill(mask: Tensor, value: number): Tensor {
    return elementwise.where(mask, value, tensorOf(this))
  }
}
