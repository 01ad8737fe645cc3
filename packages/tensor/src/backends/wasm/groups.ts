/** A stretch of one memory that a launch reads or writes. */
export interface Touch {
  readonly memory: string
  readonly start: number
  readonly stop: number
  readonly written: boolean
  /** The number of a value of which several launches write parts, which do not overlap. */
  readonly joined: number | undefined
}

/** A launch: about how many nanoseconds it takes on one thread, and what it touches. */
export interface Task {
  readonly nanoseconds: number
  readonly touches: readonly Touch[]
}

/** Tasks between two barriers: those of a shared group on any thread in any order, those of another in order on one. */
export interface Group {
  readonly isShared: boolean
  readonly tasks: readonly number[]
}

/** Nanoseconds of work from which on it pays that threads wait for each other after it. */
const sharedFrom = 5_000

/**
 * Brings tasks, which may run in the given order, into few groups: each as early as what it must wait for allows, and
 * neighbouring groups of little work as one for a single thread.
 */
export function groupsOf(tasks: readonly Task[]): Group[] {
  const groups: { isShared: boolean; tasks: number[] }[] = []
  for (const level of byLevel(tasks)) {
    const isShared = level.reduce((sum, task) => sum + tasks[task]!.nanoseconds, 0) >= sharedFrom
    const last = groups.at(-1)
    if (isShared || last === undefined || last.isShared) groups.push({ isShared, tasks: level })
    else last.tasks.push(...level)
  }
  return groups
}

/** Tasks that need not wait for each other, but only for those of earlier levels. */
function byLevel(tasks: readonly Task[]): number[][] {
  const before = new Map<string, (Touch & { readonly level: number })[]>()
  const levels: number[][] = []
  tasks.forEach(({ touches }, task) => {
    let level = 0
    for (const touch of touches)
      for (const past of before.get(touch.memory) ?? [])
        if (collide(past, touch)) level = Math.max(level, past.level + 1)
    for (const touch of touches) {
      const past = before.get(touch.memory) ?? []
      // Who meets what is written over meets what is written now, but for the other parts of a value.
      const rest = touch.written && touch.joined === undefined ? past.filter(old => !covers(touch, old)) : past
      rest.push({ ...touch, level })
      before.set(touch.memory, rest)
    }
    ;(levels[level] ??= []).push(task)
  })
  return levels
}

/** Whether two stretches of one memory must be touched in order. */
const collide = (a: Touch, b: Touch): boolean =>
  a.start < b.stop && b.start < a.stop && (a.written || b.written) && (a.joined === undefined || a.joined !== b.joined)
const covers = (a: Touch, b: Touch): boolean => a.start <= b.start && b.stop <= a.stop
