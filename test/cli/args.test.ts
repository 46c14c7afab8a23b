import type { ArgsDef } from 'citty'
import { describe, expect, it } from 'vitest'
import { applyArgs, commonArgs, projectArgs, readArgs, readPairs, readSeconds } from '../../src/cli/args.ts'
import { Fail } from '../../src/errors.ts'

const args: ArgsDef = {
  ...commonArgs,
  ...projectArgs,
  ...applyArgs,
  yes: { type: 'boolean', alias: 'y', description: 'x' },
  folder: { type: 'positional', required: false, description: 'x' },
}

const good: [string[], Record<string, unknown>][] = [
  [[], { output: 'text', color: true, timeout: '1800' }],
  [['--target', 'dev'], { target: 'dev' }],
  [['--target=dev'], { target: 'dev' }],
  [['-t', 'dev'], { target: 'dev' }],
  [['-t=dev'], { target: 'dev' }],
  [['-o', 'json'], { output: 'json' }],
  [['-o=json'], { output: 'json' }],
  [['--no-color'], { color: false }],
  [['-y'], { yes: true }],
  [['there', '--target', 'dev'], { folder: 'there', target: 'dev' }],
  [['--target', 'dev', 'there'], { folder: 'there', target: 'dev' }],
  [['--file', '-'], { file: '-' }],
  [['--help', '--output', 'yaml'], { help: true }],
]

const empty = 'the one given is empty: set the variable that it comes from (of the CI job, or of your shell)'

const bad: [string[], string, string][] = [
  [['--traget', 'dev'], 'there is no option --traget', 'did you mean --target?'],
  [['--traget=dev'], 'there is no option --traget', 'did you mean --target?'],
  [['--nonsense'], 'there is no option --nonsense', 'see --help'],
  [['-x'], 'there is no option --x', 'see --help'],
  [['--target'], '--target needs a value', 'see --help'],
  [['--target', '--yes'], '--target needs a value', 'see --help'],
  [['--target='], '--target needs a value', empty],
  [['--target', ''], '--target needs a value', empty],
  [['-t'], '--t needs a value', 'see --help'],
  [['--output', 'yaml'], 'Invalid value', 'see --help'],
  [['one', 'two'], '«two» is one word too many', 'see --help'],
  [['--var', 'name'], '--var name is not name=value', 'see --help'],
  [['--var', '=x'], '--var =x is not name=value', 'see --help'],
  [['--', 'x'], 'there is no option --', 'see --help'],
]

/** Of a command that changes something, where a default would be a guess. */
const placed: ArgsDef = {
  ...commonArgs,
  to: {
    type: 'enum',
    options: ['staging', 'production'],
    required: true,
    description: 'x',
    valueHint: 'staging|production',
  },
}

describe('readArgs', () => {
  it('asks for a choice that is required', () => {
    expect(readArgs(['--to', 'staging'], placed).values).toMatchObject({ to: 'staging' })
    expect(() => readArgs([], placed)).toThrow(
      expect.objectContaining({
        message: '--to is missing',
        hint: 'give --to staging|production',
        exit: 2,
      }),
    )
    expect(readArgs(['--help'], placed).values).toEqual({ help: true })
  })

  it.each(good)('%j', (raw, values) => {
    expect(readArgs(raw, args).values).toMatchObject(values)
  })

  it.each(bad)('%j is refused', (raw, message, hint) => {
    let failure: unknown
    try {
      readArgs(raw, args)
    } catch (error) {
      failure = error
    }
    if (!(failure instanceof Fail)) throw new Error('it was taken')
    expect(failure).toMatchObject({ code: 'USAGE', exit: 2, hint })
    expect(failure.message).toContain(message)
  })

  it('keeps every --var, with whatever is behind the first =', () => {
    const { vars } = readArgs(['--var', 'a=1', '--var=b=x,y=z', '--var', 'c=', '--var', 'a=2'], args)
    expect(vars).toEqual({ a: '2', b: 'x,y=z', c: '' })
  })

  it.each([
    ['0', 0],
    ['1.5', 1.5],
    ['600', 600],
  ])('%s is %s seconds', (text, seconds) => {
    expect(readSeconds({ timeout: text }, 'timeout')).toBe(seconds)
  })

  it.each(['-1', 'soon', 'Infinity'])('%s is no number of seconds', (text) => {
    expect(() => readSeconds({ timeout: text }, 'timeout')).toThrow(
      `--timeout ${text} is not a number of seconds`,
    )
  })
})

describe('flags and words that are repeated', () => {
  const many: ArgsDef = {
    param: { type: 'string', description: 'x' },
    suite: { type: 'positional', required: false, valueHint: 'suite...', description: 'x' },
  }

  it('are all kept, in order', () => {
    const { values, lists, words } = readArgs(['a', '--param', 'x=1', 'b', '--param=y=2=3', 'c'], many)
    expect([values['suite'], words, lists]).toEqual(['a', ['a', 'b', 'c'], { param: ['x=1', 'y=2=3'] }])
  })

  it('come to pairs, of which the last of a name counts', () => {
    expect(readPairs('param', ['x=1', 'y=', 'x=2=3'])).toEqual({ x: '2=3', y: '' })
    expect(() => readPairs('param', ['=1'])).toThrow('--param =1 is not name=value')
  })
})
