/** Shortens paths: of touches before they are weighed, of channels before they are counted. */

/** The steps that are not dropped; all of them when every step would be, because then those earned the credit. */
export function dropUnlessAll<Step>(
  path: readonly Step[],
  isDropped: (step: Step) => boolean,
): readonly Step[] {
  const others = path.filter((step) => !isDropped(step))
  return others.length > 0 ? others : path
}

/** The path up to its last step that is not dropped; the whole path when every step would be. */
export function dropTrailing<Step>(
  path: readonly Step[],
  isDropped: (step: Step) => boolean,
): readonly Step[] {
  const last = path.findLastIndex((step) => !isDropped(step))
  return last < 0 ? path : path.slice(0, last + 1)
}

/** One step for each run of steps of the same kind: the first of the run. */
export function collapseRepeats<Step>(
  path: readonly Step[],
  kindOf: (step: Step) => unknown,
): readonly Step[] {
  return path.filter((step, index) => index === 0 || kindOf(step) !== kindOf(path[index - 1]!))
}

/** The first step of each kind. */
export function firstOfEach<Step>(path: readonly Step[], kindOf: (step: Step) => unknown): readonly Step[] {
  const kinds = new Set<unknown>()
  return path.filter((step) => kinds.size < kinds.add(kindOf(step)).size)
}

/** The last steps, at most `count` of them. */
export function latest<Step>(path: readonly Step[], count: number): readonly Step[] {
  return path.slice(Math.max(0, path.length - count))
}
