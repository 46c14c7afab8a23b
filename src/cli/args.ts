import { parseArgs, type ArgsDef } from 'citty'
import { distance } from 'fastest-levenshtein'
import { Fail, seeHelp } from '../errors.ts'

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
    description: 'no warnings about the files of the project, except of likely slips of the pen',
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
  /** Every value of a flag, in order: citty keeps only the last. */
  lists: Map<string, string[]>
}

const emptyHint =
  'the one given is empty: set the variable that it comes from (of the CI job, or of your shell)'

const scan = (raw: readonly string[], args: ArgsDef): Scanned => {
  const found: Scanned = { flags: [], positionals: [], lists: new Map() }
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
    found.lists.set(flag, [...(found.lists.get(flag) ?? []), value])
  }
  return found
}

const didYouMean = (flag: string, known: readonly string[]): string => {
  const near = known
    .filter((name) => name.length > 2 && distance(flag, name) <= 2)
    .sort((a, b) => distance(flag, a) - distance(flag, b))
  return near[0] === undefined ? seeHelp : `did you mean --${near[0]}?`
}

/**
 * The values of a flag that is given as `--var name=value`; the last one of a name counts.
 * @throws Fail USAGE
 */
export const readPairs = (flag: string, texts: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new Fail('USAGE', { what: `--${flag} ${text} is not name=value` })
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )

/** Number of words that may stand without a flag: a positional whose hint ends in `...` takes all that are left. */
const placesOf = (args: ArgsDef): number =>
  Object.values(args)
    .filter(({ type }) => type === 'positional')
    .reduce((sum, { valueHint }) => (valueHint?.endsWith('...') ? Infinity : sum + 1), 0)

/** Inputs of a manual job, which CI hosts pass on as they are: empty is «not given», and has a good meaning. */
const optional: ReadonlySet<string> = new Set(['model', 'version', 'comment'])

const withoutEmpty = (raw: readonly string[], args: ArgsDef): string[] => {
  const isOptional = (word: string | undefined): boolean => {
    const name = /^--([\w-]+)=?$/.exec(word ?? '')?.[1] ?? ''
    return optional.has(name) && name in args
  }
  return raw.filter((word, index) => {
    const before = isOptional(raw[index - 1]) && !raw[index - 1]?.endsWith('=')
    if (word === '' && before) return false
    return !isOptional(word) || (!word.endsWith('=') && raw[index + 1] !== '')
  })
}

export interface ReadArgs {
  values: Values
  vars: Record<string, string>
  /** Every value that a flag was given, in order. */
  lists: Readonly<Record<string, readonly string[]>>
  /** All words without a flag. */
  words: readonly string[]
}

/**
 * Read a command line.
 * @throws Fail USAGE for an unknown flag, a missing or bad value, or a word too many
 */
export const readArgs = (words: readonly string[], args: ArgsDef): ReadArgs => {
  // `-t=dev` is `-t dev`; util.parseArgs would read the value «=dev».
  const split = words.flatMap((word) => (/^-[a-z]=/i.test(word) ? [word.slice(0, 2), word.slice(3)] : [word]))
  const raw = withoutEmpty(split, args)
  const known = flagNames(args)
  const found = scan(raw, args)
  const unknown = found.flags.find((flag) => !known.includes(flag))
  if (unknown !== undefined)
    throw new Fail('USAGE', { what: `there is no option --${unknown}`, hint: didYouMean(unknown, known) })
  // Help is for those who do not know yet which options are required.
  if (found.flags.some((flag) => flag === 'help' || flag === 'h'))
    return { values: { help: true }, vars: {}, lists: {}, words: [] }
  // citty asks for required words and texts, and lets an enum go.
  const missing = Object.entries(args).find(
    ([name, { type, required }]) => type === 'enum' && required && !found.lists.has(name),
  )
  if (missing !== undefined) {
    const [name, { valueHint = '' }] = missing
    throw new Fail('USAGE', { what: `--${name} is missing`, hint: `give --${name} ${valueHint}` })
  }
  const extra = found.positionals[placesOf(args)]
  if (extra !== undefined) throw new Fail('USAGE', { what: `«${extra}» is one word too many` })
  try {
    const lists = Object.fromEntries(found.lists)
    return {
      values: parseArgs(raw, args),
      vars: readPairs('var', lists['var']),
      lists,
      words: found.positionals,
    }
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
