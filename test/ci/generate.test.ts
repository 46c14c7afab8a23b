import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { headerOf } from '../../src/ci/emit.ts'
import { repositoryWith } from './spec.ts'

const ci = ['hosts: [gitlab, azure, github]', 'default_branch: master']

interface Document {
  exit: number
  result: { digest: string; files: { path: string; state: string }[] }
}

const generate = async (harness: ReturnType<typeof repositoryWith>, ...args: string[]) => {
  const ran = await harness.run('generate', args)
  return ran
}

const statesOf = async (harness: ReturnType<typeof repositoryWith>, ...args: string[]) => {
  const { exit, stdout } = await harness.run('generate', ['-o', 'json', ...args])
  const { result } = JSON.parse(stdout) as Document
  return {
    exit,
    digest: result.digest,
    states: new Map(result.files.map(({ path, state }) => [path, state])),
  }
}

/** Every file of a folder with its time of change. */
const snapshot = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [
        path,
        `${statSync(join(folder, path)).mtimeMs} ${readFileSync(join(folder, path), 'utf8')}`,
      ]),
  )

const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8')
const gitlab = '.gitlab/brickrail.yml'

describe('generate', () => {
  test('writes every file of every host; the second time none', async () => {
    const harness = repositoryWith(ci)
    const first = await statesOf(harness)
    expect(first.exit).toBe(0)
    expect(new Set(first.states.values())).toEqual(new Set(['created']))
    for (const path of ['.gitlab-ci.yml', gitlab, 'azure-pipelines/build-cluster.yml'])
      expect(first.states.has(path)).toBe(true)
    expect(
      [...first.states.keys()].filter((path) => path.startsWith('.github/workflows/')).length,
    ).toBeGreaterThan(2)
    for (const [path, state] of first.states)
      expect([path, state, headerOf(read(harness.folder, path))?.digest]).toEqual([
        path,
        'created',
        path === '.gitlab-ci.yml' ? undefined : first.digest,
      ])

    const before = snapshot(harness.folder)
    const second = await statesOf(harness)
    expect(new Set(second.states.values())).toEqual(new Set(['unchanged', 'yours']))
    expect(snapshot(harness.folder)).toEqual(before)
    expect(Object.keys(before).filter((path) => path.endsWith('.tmp'))).toEqual([])
    expect((await generate(harness, '--check')).exit).toBe(0)
  })

  test('needs no git, no workspace, no variable and no target', async () => {
    const harness = repositoryWith(ci)
    const { exit } = await harness.run('generate', [], { env: {} })
    expect(exit).toBe(0)
    expect(await harness.requests()).toEqual([])
  })

  test('only writes the hosts that are named, and takes away what is of no use any more', async () => {
    const harness = repositoryWith(ci)
    await generate(harness)
    harness.write('azure-pipelines/mine.yml', 'steps: []\n')
    harness.write('.github/workflows/notes.md', read(harness.folder, gitlab))
    harness.write(
      'pipelines/brickrail.yml',
      read(harness.folder, 'pipelines/brickrail.yml').replace(/hosts: .*/, 'hosts: [gitlab]'),
    )
    const { states } = await statesOf(harness)
    expect(states.get('azure-pipelines/build-cluster.yml')).toBe('removed')
    expect(existsSync(join(harness.folder, 'azure-pipelines/build-cluster.yml'))).toBe(false)
    expect(existsSync(join(harness.folder, 'azure-pipelines/mine.yml'))).toBe(true)
    expect(existsSync(join(harness.folder, '.github/workflows/notes.md'))).toBe(true)
    expect(states.get(gitlab)).toBe('updated')
  })

  test('has a digest of the pipelines, and of nothing else', async () => {
    const harness = repositoryWith(ci)
    const { digest } = await statesOf(harness)
    const spec = read(harness.folder, 'pipelines/brickrail.yml')
    harness.write('pipelines/brickrail.yml', `${spec}# a remark\nworkspace: { path: /Shared/X }\n`)
    expect((await statesOf(harness)).digest).toBe(digest)
    harness.write('pipelines/brickrail.yml', spec.replace('master', 'main'))
    expect((await statesOf(harness)).digest).not.toBe(digest)
  })

  test.each<[string, (folder: string) => string, RegExp]>([
    ['no section ci', () => 'name: sample\n', /names no CI host.*add to it: ci: \{ hosts:/s],
    ['no hosts', () => 'name: sample\nci: { default_branch: main }\n', /names no CI host/],
    [
      'a fault',
      () => 'name: sample\nci: { hosts: [gitlab], jobs: { a: { command: plan, needs: [b] } } }\n',
      /:2:60: .*unknown-need/,
    ],
  ])('%s: exit 2, and nothing is written', async (_name, spec, says) => {
    const harness = repositoryWith(ci)
    harness.write('pipelines/brickrail.yml', spec(harness.folder))
    const { exit, stderr } = await generate(harness)
    expect([exit, readdirSync(harness.folder)]).toEqual([2, ['pipelines']])
    expect(stderr).toMatch(says)
  })
})

describe('generate --check', () => {
  test.each<[string, (folder: string, write: (path: string, text: string) => void) => void, RegExp]>([
    [
      'a changed file',
      (folder, write) => write(gitlab, `${read(folder, gitlab)}# mine\n`),
      /^--- a\/\.gitlab\/brickrail\.yml.*^\+\+\+ b\/\.gitlab\/brickrail\.yml.*^-# mine$/ms,
    ],
    [
      'a file that is gone',
      (folder) => rmSync(join(folder, gitlab)),
      /^1 pipeline file\(s\) are not there:\n  \.gitlab\/brickrail\.yml$(?!.*stages:)/ms,
    ],
    [
      'a file too much',
      (folder, write) => write('azure-pipelines/old.yml', read(folder, gitlab)),
      /^--- a\/azure-pipelines\/old\.yml\n\+\+\+ \/dev\/null/m,
    ],
    [
      'a changed spec',
      (folder, write) =>
        write('pipelines/brickrail.yml', read(folder, 'pipelines/brickrail.yml').replace('master', 'trunk')),
      /^\+.*trunk/m,
    ],
  ])('%s: exit 3 with a diff, and nothing is written', async (_name, change, diff) => {
    const harness = repositoryWith(ci)
    await generate(harness)
    change(harness.folder, (path, text) => harness.write(path, text))
    const before = snapshot(harness.folder)
    const { exit, stdout, stderr } = await generate(harness, '--check')
    expect([exit, snapshot(harness.folder)]).toEqual([3, before])
    expect(stdout).toMatch(diff)
    expect(stderr).toMatch(/differ from what the spec generates.*run `brickrail generate`/s)
    expect((await generate(harness, '--force')).exit).toBe(0)
    expect((await generate(harness, '--check')).exit).toBe(0)
  })

  test('on a fresh project names the files and prints none of them', async () => {
    const { exit, stdout, stderr } = await generate(repositoryWith(ci), '--check')
    const lines = stdout.trimEnd().split('\n')
    expect([exit, lines[0]]).toEqual([3, `${lines.length - 1} pipeline file(s) are not there:`])
    expect(lines).toContain('  .gitlab/brickrail.yml')
    expect(stderr).toContain(` and ${lines.length - 4} more\n`)
  })

  test('takes the line ends of Windows for what they are', async () => {
    const harness = repositoryWith(ci)
    await generate(harness)
    harness.write(gitlab, read(harness.folder, gitlab).replaceAll('\n', '\r\n'))
    expect((await generate(harness, '--check')).exit).toBe(0)
  })
})

describe('files of somebody else', () => {
  test('are not overwritten without --force', async () => {
    const harness = repositoryWith(ci, { [gitlab]: 'mine: true\n' })
    const { exit, stderr } = await generate(harness)
    expect([exit, read(harness.folder, gitlab), existsSync(join(harness.folder, '.github'))]).toEqual([
      2,
      'mine: true\n',
      false,
    ])
    expect(stderr).toMatch(/was not generated by Brickrail.*--force/s)
    expect((await generate(harness, '--force')).exit).toBe(0)
    expect(headerOf(read(harness.folder, gitlab))).toBeDefined()
  })

  test('.gitlab-ci.yml stays as it is, and has to include ours', async () => {
    const harness = repositoryWith(ci, { '.gitlab-ci.yml': 'test:\n  script: [npm test]\n' })
    for (const args of [[], ['--check'], ['--force']]) {
      const { exit, stderr } = await generate(harness, ...args)
      expect([args, exit]).toEqual([args, 2])
      expect(stderr).toMatch(/\.gitlab-ci\.yml is yours.*include:\n.*- local: \.gitlab\/brickrail\.yml/s)
    }
    expect(read(harness.folder, '.gitlab-ci.yml')).toBe('test:\n  script: [npm test]\n')
    harness.write('.gitlab-ci.yml', `include: ${gitlab}\ntest:\n  script: [npm test]\n`)
    expect((await generate(harness, '--check')).exit).toBe(0)
  })

  const outside = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'brickrail-outside-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  }

  test.each<[string, (folder: string, other: string) => void]>([
    ['a folder', (folder, other) => symlinkSync(other, join(folder, '.gitlab'))],
    [
      'a file',
      (folder, other) => {
        mkdirSync(join(folder, '.gitlab'))
        symlinkSync(join(other, 'x.yml'), join(folder, gitlab))
      },
    ],
  ])(
    '%s behind a link that leaves the repository is not written, with force neither',
    async (_name, link) => {
      const harness = repositoryWith(ci)
      const other = outside()
      link(harness.folder, other)
      const { exit, stderr } = await generate(harness, '--force')
      expect([exit, readdirSync(other), existsSync(join(harness.folder, '.github'))]).toEqual([2, [], false])
      expect(stderr).toMatch(/symbolic link on the way leads out/)
    },
  )

  test('a link within the repository stays a link', async () => {
    const harness = repositoryWith(ci, { 'ci/keep.txt': '' })
    symlinkSync(join(harness.folder, 'ci'), join(harness.folder, '.gitlab'))
    expect((await generate(harness)).exit).toBe(0)
    expect(headerOf(read(harness.folder, 'ci/brickrail.yml'))).toBeDefined()
  })
})
