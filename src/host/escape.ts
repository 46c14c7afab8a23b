import { stripVTControlCharacters } from 'node:util'
import { disarm } from '../report/output.ts'

/** Lines of a text that others wrote, without control characters and without commands to any host. */
const linesOf = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split(/\r\n|\r|\n/)
    .map((line) => disarm(line.replace(/(?!\t)\p{Cc}/gu, '')).trimEnd())

/** The text, harmless line by line. */
export const harmless = (text: string): string => linesOf(text).join('\n').trim()

/** The text, harmless and on one line. */
export const oneLine = (text: string): string => disarm(linesOf(text).join(' ').trim())

/** Shorter ones are not masked, here as in our own output: a log that blanks every «dev» hides the message. */
const shortestSecret = 6

/** What to mask: hosts look for masked values line by line, so each line of a secret is one. */
export const secretLines = (secret: string): string[] => [
  ...new Set(
    secret
      .split(/\r\n|\r|\n/)
      .map((line) => line.trim())
      .filter((line) => line.length >= shortestSecret),
  ),
]

const encode =
  (table: Readonly<Record<string, string>>) =>
  (text: string): string =>
    text.replace(/[%\r\n:,;\]]/g, (char) => table[char] ?? char)

const githubData = { '%': '%25', '\r': '%0D', '\n': '%0A' } as const

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
export const github = {
  data: encode(githubData),
  property: encode({ ...githubData, ':': '%3A', ',': '%2C' }),
} as const

/** https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#formatting-commands; properties and data alike. */
export const azure: (text: string) => string = encode({
  '%': '%AZP25',
  '\r': '%0D',
  '\n': '%0A',
  ';': '%3B',
  ']': '%5D',
})

/** `a=1,b=2` of those that have a value. */
export const properties = (
  separator: string,
  escape: (text: string) => string,
  values: Readonly<Record<string, string | number | undefined>>,
): string =>
  Object.entries(values)
    .flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : `${name}=${escape(String(value))}`,
    )
    .join(separator)
