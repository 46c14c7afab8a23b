/** The two forms of a path in `changes`: everything below a folder, or one file. */
export const matches = (pattern: string, path: string): boolean =>
  pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern

/** Whether one of the paths matches one of the patterns; what is unknown counts as changed. */
export const touches = (patterns: readonly string[], changed: readonly string[] | 'unknown'): boolean =>
  patterns.length > 0 &&
  (changed === 'unknown' || changed.some((path) => patterns.some((pattern) => matches(pattern, path))))
