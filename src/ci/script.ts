/** Anything that makes more of a line than one command with its words, or lets it go on into the next. */
const operators = /[|&;<>()`\r\n]|\\$/

/** Inside of quotes that were opened before it, a line is no command. */
const isClosed = (line: string): boolean =>
  [`'`, '"'].every((quote) => (line.split(quote).length - 1) % 2 === 0)

/** Whether a script would come to something else if its last command took the place of the shell. */
const needsShell = (lines: readonly string[]): boolean =>
  lines.some((line) => /\btrap\b|<</.test(line) || !isClosed(line)) || /[\\|&]\s*$/.test(lines.at(-2) ?? '')

/** Whether a line starts Brickrail, and nothing else before it. */
export const startsBrickrail = (line: string, command: string): boolean =>
  line === command || line.startsWith(`${command} `)

/**
 * Where a host signals the shell alone when a job is cancelled, a last line that starts Brickrail takes the shell's place. All
 * other scripts stay as they are.
 * @param lines of bash; an entry may have several
 * @param command what starts Brickrail
 */
export const replacingShell = (lines: readonly string[], command: string): string[] => {
  const last = lines.at(-1) ?? ''
  return startsBrickrail(last, command) && !operators.test(last) && !needsShell(lines)
    ? [...lines.slice(0, -1), `exec ${last}`]
    : [...lines]
}
