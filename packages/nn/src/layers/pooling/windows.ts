import { ArgumentError, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { type PerAxis, perAxis } from '../convolution/axes.ts'

/** What windows of every pooling have in common. */
export interface PoolOptions {
  /** Distance between windows. Default: the kernel's size. */
  readonly stride?: PerAxis | undefined
  /** Places around the input, at most half the kernel. Default 0. */
  readonly padding?: PerAxis | undefined
  /** Whether a window may reach over the end (its start may not). Default false. */
  readonly ceilMode?: boolean | undefined
}

/** Where the windows of one axis lie: window i covers i·stride − padding and `size` places, `dilation` apart. */
export interface AxisWindows {
  readonly size: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  /** Number of windows. */
  readonly count: number
  /** Places that the last windows need behind the input. */
  readonly behind: number
}

/**
 * The windows of the last two axes.
 *
 * @throws ShapeError if the kernel does not fit, ArgumentError for an option that does not
 */
export function windowsOf(
  operation: string,
  x: Tensor,
  kernelSize: PerAxis,
  options: PoolOptions & { readonly dilation?: PerAxis | undefined },
): [AxisWindows, AxisWindows] {
  checkTensors(operation, { x })
  const { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false } = options
  if (x.rank !== 3 && x.rank !== 4)
    throw new ShapeError(operation, `[batch, channels, height, width] is needed, got [${x.shape.join(', ')}]`, [
      x.shape,
    ])
  const sizes = perAxis(operation, 'kernelSize', kernelSize, 2, 1)
  const steps = perAxis(operation, 'stride', stride, 2, 1)
  const around = perAxis(operation, 'padding', padding, 2, 0)
  const spread = perAxis(operation, 'dilation', dilation, 2, 1)
  const along = (i: 0 | 1): AxisWindows =>
    axisWindows(operation, x.shape[x.rank - 2 + i]!, {
      size: sizes[i]!,
      stride: steps[i]!,
      padding: around[i]!,
      dilation: spread[i]!,
      ceilMode,
    })
  return [along(0), along(1)]
}

interface Axis {
  readonly size: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  readonly ceilMode: boolean
}

function axisWindows(operation: string, n: number, { ceilMode, ...axis }: Axis): AxisWindows {
  const { size, stride, padding, dilation } = axis
  if (padding * 2 > size)
    throw new ArgumentError(operation, `padding is at most half the kernel, got ${padding} for ${size}`)
  const reach = dilation * (size - 1) + 1
  const room = n + 2 * padding - reach
  if (room < 0)
    throw new ShapeError(
      operation,
      `a kernel that reaches over ${reach} does not fit into ${n} and padding ${padding}`,
      [[n]],
    )
  const all = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1
  const count = ceilMode && (all - 1) * stride >= n + padding ? all - 1 : all
  const behind = (count - 1) * stride + reach - n - padding
  return { ...axis, count, behind }
}

/** [..., height, width] → [..., height', width', kernel height, kernel width], with a value around the input. */
export function cutWindows(x: Tensor, [rows, columns]: readonly [AxisWindows, AxisWindows], around: number): Tensor {
  const padded = x.pad(
    [rows, columns].map(({ padding, behind }) => [padding, behind] as const),
    around,
  )
  return padded
    .unfold(x.rank - 2, rows.size, rows.stride, rows.dilation)
    .unfold(x.rank - 1, columns.size, columns.stride, columns.dilation)
}
