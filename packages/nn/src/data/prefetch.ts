/**
 * The values of a source, of which some are asked for before they are wanted.
 *
 * @param ahead how many
 */
export async function* prefetched<Value>(source: AsyncIterator<Value>, ahead: number): AsyncGenerator<Value> {
  const waiting: Promise<IteratorResult<Value>>[] = []
  const ask = (): void => {
    const result = source.next()
    // An error is thrown where its value is wanted; until then it must not count as unhandled.
    result.catch(() => {})
    waiting.push(result)
  }
  try {
    for (;;) {
      while (waiting.length <= ahead) ask()
      const result = await waiting.shift()!
      if (result.done === true) return
      yield result.value
    }
  } finally {
    await source.return?.()
  }
}
