/** Characters of the beginning of the new text that are looked for in the old one. */
const probeLength = 400

/**
 * What has been added to a log of which the workspace gives only the end (5 MB): the new text begins with some end of the old one.
 * All of the new text when the two have nothing in common.
 */
export const addedTo = (before: string, now: string): string => {
  if (now.startsWith(before)) return now.slice(before.length)
  const probe = now.slice(0, probeLength)
  for (let at = before.indexOf(probe); at >= 0; at = before.indexOf(probe, at + 1)) {
    const common = before.length - at
    if (before.endsWith(now.slice(0, common))) return now.slice(common)
  }
  for (let common = Math.min(probe.length, before.length); common > 0; common -= 1)
    if (before.endsWith(now.slice(0, common))) return now.slice(common)
  return now
}

/** Whole lines out of pieces of text; the rest of a line waits for its end. */
export interface Lines {
  add: (text: string) => string[]
  /** What is left. */
  end: () => string[]
}

/** Characters: a longer line is broken, so that a program that never ends one cannot fill the memory. */
const longest = 65_536

export const createLines = (): Lines => {
  let rest = ''
  return {
    add: (text) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      if (rest.length > longest) {
        parts.push(rest)
        rest = ''
      }
      return parts.map((line) => line.replace(/\r$/, ''))
    },
    end: () => {
      const last = rest === '' ? [] : [rest]
      rest = ''
      return last
    },
  }
}
