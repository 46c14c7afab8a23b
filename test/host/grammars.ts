/** How the three hosts find commands in what a job prints: after the sources of their runners. */

export interface Command {
  name: string
  properties: Record<string, string>
  data: string
}

/** .NET's search skips these, as its culture-sensitive comparison gives them no weight. */
const weightless = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** .NET's StreamReader ends a line at each of these. */
export const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/)

const propertiesOf = (
  text: string,
  separator: string,
  decode: (value: string) => string,
): Record<string, string> =>
  Object.fromEntries(
    text
      .split(separator)
      .filter((pair) => /=./.test(pair))
      .map((pair) => {
        const at = pair.indexOf('=')
        return [pair.slice(0, at), decode(pair.slice(at + 1))] as const
      }),
  )

const decodeWith =
  (table: readonly (readonly [string, string])[]) =>
  (text: string): string =>
    table.reduce((done, [code, char]) => done.replaceAll(code, char), text)

const split = (text: string): [string, string] => {
  const at = text.indexOf(' ')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

const common = [
  ['%0D', '\r'],
  ['%0A', '\n'],
] as const
const githubData = decodeWith([...common, ['%25', '%']])
const githubProperty = decodeWith([...common, ['%3A', ':'], ['%2C', ','], ['%25', '%']])
const githubOld = decodeWith([['%3B', ';'], ...common, ['%5D', ']'], ['%25', '%']])
const azureText = decodeWith([['%3B', ';'], ...common, ['%5D', ']'], ['%AZP25', '%']])

/** `::name a=b,c=d::data` at the start of a line: TryParseV2 of actions/runner. Any name counts. */
const githubNew = (line: string): Command | undefined => {
  const text = line.replace(/^[\s\u0085]+/, '')
  const end = text.indexOf('::', 2)
  if (!text.startsWith('::') || end < 0) return undefined
  const [name, rest] = split(text.slice(2, end))
  return {
    name,
    properties: propertiesOf(rest.trim(), ',', githubProperty),
    data: githubData(text.slice(end + 2)),
  }
}

const bracketed = (line: string, prefix: string, decode: (value: string) => string): Command | undefined => {
  const start = line.indexOf(prefix)
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  const [name, rest] = split(line.slice(start + prefix.length, end))
  return { name, properties: propertiesOf(rest, ';', decode), data: decode(line.slice(end + 1)) }
}

const both = (line: string, parse: (line: string) => Command | undefined): Command | undefined =>
  parse(line) ?? parse(line.replace(weightless, ''))

export const github = (line: string): Command | undefined =>
  both(line, (text) => githubNew(text) ?? bracketed(text, '##[', githubOld))

/** Commands of the agent, and the marks that the log's page folds and colours by. */
export const azure = (line: string): Command | undefined =>
  both(line, (text) => bracketed(text, '##vso[', azureText) ?? bracketed(text, '##[', (data) => data))

/** Gitlab::Regex.logs_section_prefix_regex and its two neighbours; anywhere in a line, which `\r` does not end here. */
const section =
  // oxlint-disable-next-line no-control-regex
  /section_(start|end):(\d+):([a-zA-Z0-9_.-]+)(\[(?:\w+=\w+)(?:, ?(?:\w+=\w+))*\])?\r\u001B\[0K/g

export const gitlab = (text: string): Command[] =>
  [...text.matchAll(section)].map(([, kind = '', at = '', id = '']) => ({
    name: `section_${kind}`,
    properties: { at, id },
    data: '',
  }))

/** Commands in all that was printed. */
export const commandsIn = (host: 'gitlab' | 'azure' | 'github', text: string): Command[] => {
  if (host === 'gitlab') return gitlab(text)
  const parse = host === 'azure' ? azure : github
  return linesOf(text).flatMap((line) => parse(line) ?? [])
}
