/** Text as it may be shown: all of it up to a stop string. */
export interface Shown {
  readonly text: string
  readonly stopped: boolean
}

/**
 * Passes on text piece by piece until one of the strings appears; holds back an end that may be the beginning of one.
 *
 * @example
 * const push = untilStop(['END'])
 * push('the E')   // { text: 'the ', stopped: false }
 * push('ND.')     // { text: '', stopped: true }
 */
export function untilStop(strings: readonly string[]): (piece: string, last?: boolean) => Shown {
  const stops = strings.filter(s => s !== '')
  let held = ''
  return (piece, last = false) => {
    held += piece
    const at = stops.map(stop => held.indexOf(stop)).filter(i => i >= 0)
    const end = at.length > 0 ? Math.min(...at) : held.length - (last ? 0 : beginningOf(stops, held))
    const text = held.slice(0, end)
    held = held.slice(end)
    return { text, stopped: at.length > 0 }
  }
}

/** How many characters at the end of the text may begin a stop string. */
function beginningOf(stops: readonly string[], text: string): number {
  const lengths = stops.flatMap(stop => Array.from({ length: stop.length - 1 }, (_, i) => stop.length - 1 - i))
  const fits = (n: number): boolean =>
    n <= text.length && stops.some(stop => stop.length > n && text.endsWith(stop.slice(0, n)))
  return Math.max(0, ...lengths.filter(fits))
}
