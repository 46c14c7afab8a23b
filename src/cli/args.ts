import { parseArgs, type ArgsDef } from 'citty'
import { distance } from 'fastest-levenshtein'
import { Fail } from '../errors.ts'

/** Every command has these. */
export const commonArgs = {
  output: {
    type: 'enum',
    alias: 'o',
    options: ['text', 'json'],
    default: 'text',
    description: 'text for people, json: one document on stdout',
    valueHint: 'text|json',
  },
  summary: {
    type: 'string',
    description: 'write a Markdown summary of plan and outcome to this file',
    valueHint: 'file',
  },
  color: {
    type: 'boolean',
    default: true,
    description: 'colours on a terminal',
    negativeDescription: 'no colours (also NO_COLOR)',
  },
  help: { type: 'boolean', alias: 'h', description: 'show this help' },
} as const satisfies ArgsDef

/** Commands that read a project. */
export const projectArgs = {
  target: {
    type: 'string',
    alias: 't',
    description: 'the target of brickrail.yml; if not given, BRICKRAIL_TARGET or the default one',
    valueHint: 'name',
  },
  file: {
    type: 'string',
    description: 'another brickrail.yml than pipelines/brickrail.yml here or above',
    valueHint: 'path',
  },
  var: { type: 'string', description: 'set a variable; may be repeated', valueHint: 'name=value' },
} as const satisfies ArgsDef

/** Commands that a project's files are checked by. */
export const quietArg = {
  quiet: {
    type: 'boolean',
    alias: 'q',
    default: false,
    description: 'no warnings about the files of the project',
  },
} as const satisfies ArgsDef

/** Commands that bring a workspace to what the checkout declares. */
export const deployArgs = {
  'allow-outdated': {
    type: 'boolean',
    description: 'deploy although a later pipeline has deployed to the target',
  },
} as const satisfies ArgsDef

/** Commands that change a workspace. */
export const applyArgs = {
  'lock-timeout': {
    type: 'string',
    default: '0',
    description: 'wait so long for another run to end',
    valueHint: 'seconds',
  },
  timeout: {
    type: 'string',
    default: '1800',
    description: 'wait so long for a cluster or its libraries',
    valueHint: 'seconds',
  },
} as const satisfies ArgsDef

export type Values = Readonly<Record<string, string | boolean | undefined>>

const flagNames = (args: ArgsDef): string[] =>
  Object.entries(args).flatMap(([name, definition]) => {
    if (definition.type === 'positional') return []
    const alias = 'alias' in definition ? [definition.alias ?? []].flat() : []
    const negated = definition.type === 'boolean' ? [`no-${name}`] : []
    return [name, ...alias, ...negated]
  })

const takesValue = (args: ArgsDef, flag: string): boolean =>
  Object.entries(args).some(
    ([name, definition]) =>
      (definition.type === 'string' || definition.type === 'enum') &&
      (name === flag || [definition.alias ?? []].flat().includes(flag)),
  )

interface Scanned {
  flags: string[]
  positionals: string[]
  /** A repeatable flag's values: citty keeps only the last. */
  vars: string[]
}

const emptyHint =
  'the one given is empty: set the variable that it comes from (of the CI job, or of your shell)'

const scan = (raw: readonly string[], args: ArgsDef): Scanned => {
  const found: Scanned = { flags: [], positionals: [], vars: [] }
  for (let index = 0; index < raw.length; index += 1) {
    const word = raw[index] ?? ''
    if (!word.startsWith('-') || word === '-') {
      found.positionals.push(word)
      continue
    }
    const [flag = '', inline] = word.replace(/^-{1,2}/, '').split(/=(.*)/s)
    found.flags.push(flag)
    if (!takesValue(args, flag)) continue
    const value = inline ?? raw[(index += 1)]
    // An empty one is a variable that the CI host does not know: `--target=$TARGET` must not be the default target.
    if (!value || (inline === undefined && value.startsWith('--')))
      throw new Fail('USAGE', {
        what: `--${flag} needs a value`,
        ...(value === '' ? { hint: emptyHint } : {}),
      })
    if (flag === 'var') found.vars.push(value)
  }
  return found
}

const didYouMean = (flag: string, known: readonly string[]): string => {
  const near = known
    .filter((name) => name.length > 2 && distance(flag, name) <= 2)
    .sort((a, b) => distance(flag, a) - distance(flag, b))
  return near[0] === undefined ? 'see --help' : `did you mean --${near[0]}?`
}

const readVars = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new Fail('USAGE', { what: `--var ${text} is not name=value` })
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )

/**
 * Read a command line.
 * @throws Fail USAGE for an unknown flag, a missing or bad value, or a word too many
 */
export const readArgs = (
  words: readonly string[],
  args: ArgsDef,
): { values: Values; vars: Record<string, string> } => {
  // `-t=dev` is `-t dev`; util.parseArgs would read the value «=dev».
  const raw = words.flatMap((word) => (/^-[a-z]=/i.test(word) ? [word.slice(0, 2), word.slice(3)] : [word]))
  const known = flagNames(args)
  const found = scan(raw, args)
  const unknown = found.flags.find((flag) => !known.includes(flag))
  if (unknown !== undefined)
    throw new Fail('USAGE', { what: `there is no option --${unknown}`, hint: didYouMean(unknown, known) })
  // Help is for those who do not know yet which options are required.
  if (found.flags.some((flag) => flag === 'help' || flag === 'h')) return { values: { help: true }, vars: {} }
  const places = Object.values(args).filter(({ type }) => type === 'positional').length
  const extra = found.positionals[places]
  if (extra !== undefined) throw new Fail('USAGE', { what: `«${extra}» is one word too many` })
  try {
    return { values: parseArgs(raw, args), vars: readVars(found.vars) }
  } catch (error) {
    if (error instanceof Fail || !(error instanceof Error) || error.name !== 'CLIError') throw error
    throw new Fail('USAGE', { what: error.message })
  }
}

/** @throws Fail USAGE */
export const readSeconds = (values: Values, name: string): number => {
  const seconds = Number(values[name])
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new Fail('USAGE', { what: `--${name} ${String(values[name])} is not a number of seconds` })
  return seconds
}
