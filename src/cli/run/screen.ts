import type { Emit } from '../../report/events.ts'

/** Lines of one program that people are shown: those at first, and those at the end. */
export const shownLines = { first: 200, last: 200 }

/** What a program prints, as far as people are shown it. */
export interface LineScreen {
  show: (lines: readonly string[]) => void
  /** Shows the end of what was held back; `rest` says where all of it is. */
  end: (rest: string) => void
  /** The last lines, shown or not. */
  tail: () => readonly string[]
}

/** @param name stands before each line; '' where only one thing prints */
export const createLineScreen = (emit: Emit, name: string): LineScreen => {
  const last: string[] = []
  let shown = 0
  let held = 0
  const say = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    const text = lines.map((line) => (name === '' ? line : `${name} | ${line}`)).join('\n')
    emit({ type: 'notice', level: 'info', text })
  }
  return {
    show: (lines) => {
      const room = Math.max(0, shownLines.first - shown)
      say(lines.slice(0, room))
      shown += Math.min(room, lines.length)
      held += Math.max(0, lines.length - room)
      last.push(...lines.slice(-shownLines.last))
      last.splice(0, last.length - shownLines.last)
    },
    end: (rest) => {
      if (held > shownLines.last) say([`… ${held - shownLines.last} lines left out; ${rest}`])
      if (held > 0) say(last.slice(-held))
      held = 0
    },
    tail: () => last,
  }
}
