import { createHash } from 'node:crypto'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** To check by hand: `sed 2d file | sha256sum`. */
const sealLine = (others: string): string => `# sha256 of the other lines: ${sha256(others)}`

/** A generated file with a second line that tells later whether somebody has edited it. */
export const seal = (text: string): string => text.replace('\n', `\n${sealLine(text)}\n`)

/**
 * Whether a file is, to the letter, what some version of `generate` wrote: nothing that a person made is lost with it.
 * @param text with line ends as git stores them
 */
export const isUntouched = (text: string): boolean => {
  const [header, line, ...rest] = text.split('\n')
  return line === sealLine([header, ...rest].join('\n'))
}
