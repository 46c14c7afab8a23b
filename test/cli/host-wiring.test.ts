import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/cli/script.ts'
import { Fail, invalid } from '../../src/errors.ts'
import { commandsIn } from '../host/grammars.ts'
import { filesChange, planOf } from '../report/samples.ts'
import { ciHosts, named, play, steps, temporary, type Name } from './ci-stage.ts'

const stepLines = [
  '   0.0s > step a',
  '   0.0s > step b',
  '  1m05s ✓ step a (1m05s)',
  '  1m05s ✓ step b (1m05s)',
]

describe('the steps of a deployment are one section', () => {
  const sections: Record<Name, [string, string]> = {
    gitlab: [
      '\u001B[0Ksection_start:1795262400:brickrail-deploy-1\r\u001B[0KSteps of deploy',
      '\u001B[0Ksection_end:1795262465:brickrail-deploy-1\r\u001B[0K',
    ],
    azure: ['##[group]Steps of deploy', '##[endgroup]'],
    github: ['::group::Steps of deploy', '::endgroup::'],
    local: ['', ''],
  }
  it.each(Object.entries(sections))('%s', async (host, [open, close]) => {
    const { exit, stdout, stderr } = await play(host as Name, steps)
    const lines = [open, ...stepLines, close].filter((line) => line !== '')
    expect(exit).toBe(0)
    expect(stderr.split('\n').filter((line) => !/##vso|^$/.test(line))).toEqual(lines)
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
      'Plan: 1 file to upload, 0 to delete.',
      'deployment #7 of dev is done',
    ])
  })

  it('which ends before what went wrong', async () => {
    const { stderr } = await play('github', ({ emit }) => {
      emit({ type: 'task', state: 'started', id: 'a', title: 'step', at: 0 })
      throw new Fail('USAGE', { what: 'no' })
    })
    const order = ['::group::', '> step', '::endgroup::', '::error ', 'error: no'].map((text) =>
      stderr.indexOf(text),
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order[0]).toBe(0)
    expect(stderr.endsWith('error: no\n  what to do: see `brickrail deploy --help`\n')).toBe(true)
  })
})

describe('a plan', () => {
  const plan = planOf({
    files: filesChange({
      root: '/Shared/x',
      add: Array.from({ length: 20 }, (_, n) => `a${n}`),
      delete: Array.from({ length: 20 }, (_, n) => `b${n}`),
    }),
  })
  const summary = 'Plan: 20 files to upload, 20 to delete.'

  it('that is long is a section of its own, and its summary the title', async () => {
    const { stdout, stderr } = await play('github', ({ emit }) => emit({ type: 'plan', plan }))
    const lines = stdout.trimEnd().split('\n')
    expect([lines[0], lines.at(-2), lines.at(-1)]).toEqual([`::group::${summary}`, summary, '::endgroup::'])
    expect(stderr).toBe('')
  })

  it('is none of JSON', async () => {
    const { stdout, stderr } = await play('github', ({ emit }) => emit({ type: 'plan', plan }), {
      args: ['-o', 'json'],
    })
    expect(JSON.parse(stdout)).toMatchObject({ command: 'deploy', ok: true })
    expect(commandsIn('github', stdout + stderr)).toEqual([])
  })
})

const fault = (part = {}) => ({
  file: 'a.yml',
  line: 3,
  column: 5,
  rule: 'unknown-key',
  message: 'no «a:b»',
  ...part,
})
const failing = ({ emit }: Run) => {
  emit({ type: 'warning', fault: fault({ rule: 'unpinned', hint: 'pin it' }) })
  emit({ type: 'notice', level: 'warning', text: 'old runtime' })
  emit({ type: 'notice', level: 'info', text: 'no note' })
  throw invalid([fault(), fault({ file: 'b.json', line: 0, column: 0 })])
}

describe.each([['text'], ['json']])('annotations, output as %s', (output) => {
  const args = ['-o', output]

  it('github: at file and line from the root of the repository', async () => {
    const root = temporary()
    const cwd = join(root, 'projects', 'ml')
    mkdirSync(cwd, { recursive: true })
    const ran = await play('github', failing, { args, env: { GITHUB_WORKSPACE: root }, world: { cwd } })
    expect(ran.exit).toBe(2)
    expect(commandsIn('github', ran.stdout)).toEqual([])
    expect(ran.stderr.split('\n').filter((line) => line.startsWith('::'))).toEqual([
      '::warning file=projects/ml/a.yml,line=3,col=5,title=unpinned::no «a:b»%0Awhat to do: pin it',
      '::warning title=brickrail deploy::old runtime',
      "::error title=brickrail deploy::2 fault(s) in the project's files; nothing was sent%0Awhat to do: mend each line above and run `brickrail validate` again",
      '::error file=projects/ml/a.yml,line=3,col=5,title=unknown-key::no «a:b»',
      '::error file=projects/ml/b.json,title=unknown-key::no «a:b»',
    ])
  })

  it('azure: without a checkout known, as the files are named', async () => {
    const ran = await play('azure', failing, { args })
    expect(commandsIn('azure', ran.stdout)).toEqual([])
    expect(named('azure', ran.stderr, /logissue/).map(({ properties, data }) => [properties, data])).toEqual([
      [
        { type: 'warning', sourcepath: 'a.yml', linenumber: '3', columnnumber: '5' },
        'unpinned: no «a:b»\nwhat to do: pin it',
      ],
      [{ type: 'warning' }, 'brickrail deploy: old runtime'],
      [{ type: 'error' }, expect.stringMatching(/^brickrail deploy: 2 fault/)],
      [{ type: 'error', sourcepath: 'a.yml', linenumber: '3', columnnumber: '5' }, 'unknown-key: no «a:b»'],
      [{ type: 'error', sourcepath: 'b.json' }, 'unknown-key: no «a:b»'],
    ])
  })

  it.each(['gitlab', 'local'] as const)('%s has none', async (host) => {
    const { stderr } = await play(host, failing, { args })
    expect(ciHosts.flatMap((one) => commandsIn(one, stderr))).toEqual([])
  })
})

it('ten annotations of a level, the failure among them', async () => {
  const faults = Array.from({ length: 25 }, (_, n) => fault({ line: n + 1 }))
  const { stderr } = await play('github', ({ emit }) => {
    faults.forEach((one) => emit({ type: 'warning', fault: one }))
    throw invalid(faults)
  })
  expect(named('github', stderr, /warning/)).toHaveLength(10)
  const errors = named('github', stderr, /error/)
  expect(errors).toHaveLength(10)
  expect(errors[0]?.data).toMatch(/^25 fault/)
  expect(stderr.match(/unknown-key\]/g)).toHaveLength(50)
})

describe('secrets', () => {
  const key = 'first-line-of-it\nsecond:line%\nx'
  const tell = ({ redactor, emit }: Run) => {
    redactor.add('from-the-environment')
    redactor.add(key)
    redactor.add(key)
    redactor.add('dev')
    const message = `it is ${key} and from-the-environment`
    throw invalid(
      [fault({ message, file: 'second:line%/a', hint: message }), fault({ message })].map((one) => {
        emit({ type: 'warning', fault: one })
        return one
      }),
    )
  }
  const env = { DATABRICKS_TOKEN: 'from-the-environment' }
  const masks: [Name, string[]][] = [
    ['github', ['::add-mask::first-line-of-it', '::add-mask::second:line%25']],
    ['azure', ['##vso[task.setsecret]first-line-of-it', '##vso[task.setsecret]second:line%AZP25']],
    ['gitlab', []],
    ['local', []],
  ]
  it.each(masks)(
    '%s is told once of those that it did not give, before anything else',
    async (host, expected) => {
      const { stdout, stderr } = await play(host, tell, { env })
      const lines = stderr.split('\n')
      expect(lines.slice(0, expected.length)).toEqual(expected)
      expect(lines.slice(expected.length).join('\n') + stdout).not.toMatch(
        /first-line|second:line|from-the-env/,
      )
    },
  )
})

it.each(ciHosts)(
  '%s: what others wrote is no command, and ours are as many as they should be',
  async (host) => {
    const evil =
      ' ::error::x\r::add-mask::y\n##vso[task.complete]##[error]z\r\u001B[0Ksection_start:1:a\r\u001B[0K'
    const { stdout, stderr } = await play(host, ({ emit }) => {
      emit({ type: 'plan', plan: planOf({ warnings: Array.from({ length: 40 }, () => evil) }) })
      emit({ type: 'task', state: 'started', id: 'a', title: evil, at: 0 })
      emit({ type: 'result', data: { outputs: { a: evil } }, text: evil })
      throw invalid([fault({ message: evil, file: evil, rule: evil, hint: evil })])
    })
    const names = (text: string) => commandsIn(host, text).map(({ name }) => name)
    const expected = {
      gitlab: [
        ['section_start', 'section_end'],
        ['section_start', 'section_end'],
      ],
      azure: [
        ['group', 'endgroup'],
        ['group', 'endgroup', 'task.logissue', 'task.logissue', 'task.setvariable', 'task.uploadsummary'],
      ],
      github: [
        ['group', 'endgroup'],
        ['group', 'endgroup', 'error', 'error'],
      ],
    }[host]
    expect([names(stdout), names(stderr)]).toEqual(expected)
  },
)

it.each([
  ['with a control sequence in it', 'dapi\u001B[31m0123456789', 'dapi\u001B[31m0123456789'],
  ['that a control sequence cuts', 'dapi0123456789', 'dapi\u001B[31m0123456789'],
  ['of short lines', 'ab1\ncd2\nef3', 'ab1\ncd2\nef3'],
])('a secret %s is in no annotation', async (_name, secret, told) => {
  const { stderr } = await play(
    'github',
    ({ redactor }) => {
      redactor.add(secret)
      throw invalid([fault({ message: told, hint: told, file: told })])
    },
    { env: { TOKEN: secret } },
  )
  expect(named('github', stderr, /error/)).toHaveLength(2)
  expect(stderr).not.toMatch(/0123456789|ab1|cd2/)
})
