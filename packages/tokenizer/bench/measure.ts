/** One way to do a task; `run` returns a number that depends on all of the work, so that none of it is left out. */
export interface Contender {
  readonly name: string
  readonly run: (text: string) => number | Promise<number>
}

/** CPU milliseconds of this process, all its threads. */
export function cpuNow(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * CPU time of each contender over the measured texts. All warm up first; then they take turns on the same batch of
 * texts, each batch in another order, so that a busy machine slows all of them alike.
 */
export async function interleave(
  contenders: readonly Contender[],
  corpus: { readonly warmUp: readonly string[]; readonly measured: readonly string[] },
  batchSize = 30,
): Promise<Map<string, number>> {
  const spent = new Map(contenders.map(({ name }) => [name, 0]))
  for (const { run } of contenders) for (const text of corpus.warmUp) await run(text)
  for (let at = 0, turn = 0; at < corpus.measured.length; at += batchSize, turn++) {
    const batch = corpus.measured.slice(at, at + batchSize)
    for (let i = 0; i < contenders.length; i++) {
      const { name, run } = contenders[(i + turn) % contenders.length]!
      const start = cpuNow()
      for (const text of batch) await run(text)
      spent.set(name, spent.get(name)! + cpuNow() - start)
    }
  }
  return spent
}

/** Prints one line of the comparison as text and as JSON. */
export function report(bench: string, ours: number, peer: number, peerName: string, unit: string): void {
  const isRate = unit.endsWith('/s')
  const ratio = isRate ? ours / peer : peer / ours
  const round = (value: number) => Number(value.toPrecision(4))
  console.log(JSON.stringify({ bench, ours: round(ours), peer: round(peer), peerName, unit, ratio: round(ratio) }))
}

/** Reports megabytes of UTF-8 a second for the first contender against each of the others. */
export function reportRates(bench: string, spent: ReadonlyMap<string, number>, texts: readonly string[]): void {
  const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6
  const [[, ours] = ['', 0], ...peers] = spent
  for (const [name, time] of peers) report(bench, (megabytes / ours) * 1000, (megabytes / time) * 1000, name, 'MB/s')
}
