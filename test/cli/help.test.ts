import type { ArgsDef } from 'citty'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { commonArgs } from '../../src/cli/args.ts'
import { commands, overview, scriptNamed } from '../../src/cli/commands.ts'
import { exitCodes } from '../../src/errors.ts'
import { repository } from '../support/harness.ts'
import { open } from './project.ts'

const names = Object.keys(commands)

describe('--help', () => {
  it.each(names)('%s lists each of its flags, exits 0 and needs nothing', async (name) => {
    const script = await scriptNamed(name)
    if (!script) throw new Error(`no script ${name}`)
    expect(script.name).toBe(name)
    const harness = open()
    for (const args of [['--help'], ['-h']]) {
      const { exit, stdout, stderr } = await harness.run(name, args, { cwd: '/', env: {} })
      expect([exit, stderr]).toEqual([0, ''])
      const all: ArgsDef = { ...script.args, ...commonArgs }
      for (const [flag, definition] of Object.entries(all))
        expect(stdout.toLowerCase()).toContain(definition.type === 'positional' ? flag : `--${flag}`)
    }
    expect(await harness.requests()).toEqual([])
  })

  const said = (word: string) => {
    const [out, err] = [[] as string[], [] as string[]]
    const exit = overview(word, { write: (text) => out.push(text) }, { write: (text) => err.push(text) })
    return { exit, out: out.join(''), err: err.join('') }
  }

  it('of the command line lists every command', () => {
    const { exit, out } = said('--help')
    expect(exit).toBe(0)
    for (const name of names) expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  })

  it.each([
    ['--version', 0, /^\d+\.\d+\.\d+/],
    ['help', 0, /Usage:/],
    ['depoly', 2, /did you mean deploy\?/],
    ['constructor', 2, /there is no command constructor/],
  ])('%s exits %i', async (word, exit, says) => {
    const answer = said(word)
    expect(answer.exit).toBe(exit)
    expect(answer.out + answer.err).toMatch(says)
    expect(await scriptNamed(word)).toBeUndefined()
  })
})

const readme = (): string => {
  const file = join(repository, 'README.md')
  return existsSync(file) ? readFileSync(file, 'utf8') : 'there is no README.md'
}

/** Rows of the table whose first column has this title: first cell without its code marks -> the rest. */
const rows = (title: string): Map<string, string> => {
  const lines = readme().split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`))
  const found = start < 0 ? [] : lines.slice(start + 2)
  const end = found.findIndex((line) => !line.startsWith('|'))
  const cells = found.slice(0, end).map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(cells.map(([, first = '', second = '']) => [first.replaceAll('`', ''), second]))
}

describe('README.md', () => {
  it('lists the commands as they are, in their order', () => {
    expect([...rows('command')]).toEqual(Object.entries(commands))
  })

  it('lists every exit code', () => {
    expect([...rows('exit').keys()].map(Number)).toEqual(Object.values(exitCodes))
  })
})

const built = join(repository, 'dist', 'scripts')

/** Writes the URL of every module that is loaded to stderr. */
const hook = `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs'
  export const resolve = async (specifier, context, next) => {
    const found = await next(specifier, context)
    writeSync(2, found.url + '\\\\n')
    return found
  }\`))`

const node = async (...args: string[]) => {
  const options = { env: { PATH: process.env['PATH'] }, cwd: '/' }
  return await promisify(execFile)(process.execPath, args, options)
}

/** What only some commands need, and none of them to show its help. */
const heavy =
  /\/(src\/emulator|src\/compute|node_modules\/(@?hono|libsql|@libsql|simple-git|@gitbeaker|azure-devops|@octokit|valibot|yaml|undici))\//

// `npm test` builds first; a test of the sources alone has nothing to start.
describe.skipIf(!existsSync(built))('the built commands', () => {
  it.each(['plan', 'deploy', 'brickrail'])('dist/scripts/%s.js --help loads nothing heavy', async (name) => {
    const imported = `data:text/javascript,${encodeURIComponent(hook)}`
    const { stdout, stderr } = await node('--import', imported, join(built, `${name}.js`), '--help')
    expect(stdout).toMatch(/usage/i)
    const loaded = stderr.split('\n').filter((line) => line.startsWith('file:'))
    expect(loaded.length).toBeGreaterThan(name === 'brickrail' ? 3 : 20)
    expect(loaded.filter((url) => heavy.test(url))).toEqual([])
  })

  it('a script ends with its exit code', async () => {
    const failure: unknown = await node(join(built, 'validate.js'), '--nonsense').catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 2, stdout: '' })
  })
})
