import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadProject } from '../../src/config/load.ts'
import { faultsOf, load, sane, sound, temporary, warningsOf, write } from './project.ts'

const file = 'pipelines/brickrail.yml'
const only = { 'workspace/job.py': undefined }
const filesOf = async (...options: Parameters<typeof load>) =>
  sane(await load(...options)).desired.files?.files ?? []
const pathsOf = async (...options: Parameters<typeof load>) =>
  (await filesOf(...options)).map(({ path }) => path)
const at = (folder: string) => loadProject({ cwd: folder, env: {}, today: '2026-11-21' })
const notebook = (language?: object) => JSON.stringify({ cells: [], metadata: language ?? {}, nbformat: 4 })

const kinds: [
  source: string,
  content: string,
  expected: [path: string, type: string, format: string, language?: string],
][] = [
  ['a.py', '# Databricks notebook source\nx = 1\n', ['a', 'NOTEBOOK', 'SOURCE', 'PYTHON']],
  ['a.r', '# Databricks notebook source\n', ['a', 'NOTEBOOK', 'SOURCE', 'R']],
  ['a.R', '# Databricks notebook source', ['a', 'NOTEBOOK', 'SOURCE', 'R']],
  ['a.scala', '// Databricks notebook source\n', ['a', 'NOTEBOOK', 'SOURCE', 'SCALA']],
  ['a.sql', '-- Databricks notebook source\n', ['a', 'NOTEBOOK', 'SOURCE', 'SQL']],
  ['a.b.py', '\uFEFF# Databricks notebook source\r\nx = 1\r\n', ['a.b', 'NOTEBOOK', 'SOURCE', 'PYTHON']],
  ['a.py', 'x = 1\n# Databricks notebook source\n', ['a.py', 'FILE', 'RAW']],
  ['a.py', '# Databricks notebook sources\n', ['a.py', 'FILE', 'RAW']],
  ['a.sql', '# Databricks notebook source\n', ['a.sql', 'FILE', 'RAW']],
  ['a.txt', '# Databricks notebook source\n', ['a.txt', 'FILE', 'RAW']],
  ['.py', '# Databricks notebook source\n', ['.py', 'FILE', 'RAW']],
  ['empty.py', '', ['empty.py', 'FILE', 'RAW']],
  ['a.ipynb', notebook(), ['a', 'NOTEBOOK', 'JUPYTER', 'PYTHON']],
  ['a.ipynb', notebook({ language_info: { name: 'R' } }), ['a', 'NOTEBOOK', 'JUPYTER', 'R']],
  ['a.ipynb', notebook({ kernelspec: { language: 'scala' } }), ['a', 'NOTEBOOK', 'JUPYTER', 'SCALA']],
  [
    'a.ipynb',
    notebook({
      'application/vnd.databricks.v1+notebook': { language: 'sql' },
      language_info: { name: 'python' },
    }),
    ['a', 'NOTEBOOK', 'JUPYTER', 'SQL'],
  ],
  ['Größe & co.csv', 'a\n', ['Größe & co.csv', 'FILE', 'RAW']],
]

describe('what a file becomes', () => {
  test.each(kinds)('%s %j', async (source, content, [path, type, format, language]) => {
    const found = await filesOf({ ...only, [`workspace/d/${source}`]: content })
    const digest = createHash('sha256').update(content).digest('hex')
    const size = Buffer.byteLength(content)
    expect(found).toEqual([
      {
        path: `d/${path}`,
        source: `d/${source}`,
        type,
        format,
        ...(language ? { language } : {}),
        digest,
        size,
      },
    ])
  })

  test('a large file is a stream: same digest, and a notebook by its first line', async () => {
    const content = `# Databricks notebook source\n${'x'.repeat(3_000_000)}`
    const [found] = await filesOf({ ...only, 'workspace/big.py': content })
    expect(found).toMatchObject({ path: 'big', type: 'NOTEBOOK', size: content.length })
    expect(found?.digest).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('by path, in the order of code units', async () => {
    const files = {
      'workspace/b/a.txt': '',
      'workspace/b.txt': '',
      'workspace/B.txt': '',
      'workspace/a/z/y.txt': '',
    }
    expect(await pathsOf(files)).toEqual(['B.txt', 'a/z/y.txt', 'b.txt', 'b/a.txt', 'job.py'])
  })
})

describe('what is left out', () => {
  test('tools and build products, unless they are wanted', async () => {
    const files = {
      'workspace/.git/x': '',
      'workspace/a/__pycache__/x.pyc': '',
      'workspace/a/.ipynb_checkpoints/x.ipynb': 'no JSON',
      'workspace/.venv/x': '',
      'workspace/node_modules/x/y.js': '',
      'workspace/.DS_Store': '',
      'workspace/.env.example': '',
    }
    expect(await pathsOf(files)).toEqual(['.env.example', 'job.py'])
    const wanted = 'name: x\nworkspace: { path: /Shared/X, exclude: ["!node_modules", "*.example"] }\n'
    expect(await pathsOf({ ...files, [file]: wanted })).toEqual(['job.py', 'node_modules/x/y.js'])
  })

  test('.gitignore of the repository, of folders on the way, and inside; the deepest decides', async () => {
    const files = {
      '.git/HEAD': '',
      '.gitignore': '*.log\n/workspace/root-only\n',
      'workspace/.gitignore': 'tmp/\n!keep.log\n',
      'workspace/keep.log': '',
      'workspace/a/x.log': '',
      'workspace/root-only': '',
      'workspace/a/root-only': '',
      'workspace/a/tmp/x': '',
      'workspace/b/.gitignore': '*\n!.gitignore\n!y.py\n',
      'workspace/b/x.py': '',
      'workspace/b/y.py': '',
    }
    expect(await pathsOf(files)).toEqual([
      '.gitignore',
      'a/root-only',
      'b/.gitignore',
      'b/y.py',
      'job.py',
      'keep.log',
    ])
  })

  test('a .gitignore above the repository is not read', async () => {
    const folder = write(temporary(), { '.gitignore': '*.py\n' })
    write(join(folder, 'repo'), { ...sound, '.git/HEAD': '' })
    expect(sane(await at(join(folder, 'repo'))).desired.files?.files.map(({ path }) => path)).toEqual([
      'job.py',
    ])
  })

  test('everything: a warning', async () => {
    const loaded = await load({ [file]: 'name: x\nworkspace: { path: /Shared/X, exclude: ["*"] }\n' })
    expect(warningsOf(loaded)).toEqual(['workspace:0:0 no-files: there is no file to sync'])
  })
})

const bad: [name: string, files: Record<string, string | Uint8Array>, faults: string[]][] = [
  [
    'two files of one path',
    {
      'workspace/a.py': '# Databricks notebook source\n',
      'workspace/a.sql': '-- Databricks notebook source\n',
      'workspace/a.ipynb': notebook(),
    },
    [
      'workspace/a.py:0:0 one-file-per-workspace-path: workspace/a.ipynb becomes «a» in the workspace too',
      'workspace/a.sql:0:0 one-file-per-workspace-path: workspace/a.ipynb becomes «a» in the workspace too',
    ],
  ],
  [
    'a notebook beside a folder of its name',
    { 'workspace/a.py': '# Databricks notebook source\n', 'workspace/a/b.txt': '' },
    ['workspace/a.py:0:0 no-file-where-a-folder-is: «a» is also a folder in the workspace'],
  ],
  [
    'over 10 MB',
    {
      'workspace/a.bin': new Uint8Array(10 * 1024 * 1024 + 1),
      'workspace/b.bin': new Uint8Array(10 * 1024 * 1024),
    },
    ['workspace/a.bin:0:0 file-at-most-10-mb: the file has 10.0 MB; a workspace takes at most 10'],
  ],
  [
    'notebooks that are none',
    { 'workspace/a.ipynb': '{}', 'workspace/b.ipynb': '[', 'workspace/c.ipynb': '' },
    [
      'workspace/a.ipynb:0:0 jupyter-notebook-is-whole: this is not a Jupyter notebook: it has no cells',
      'workspace/b.ipynb:0:0 jupyter-notebook-is-whole: this is not a Jupyter notebook: it is not JSON (Unexpected end of JSON input)',
      'workspace/c.ipynb:0:0 jupyter-notebook-is-whole: this is not a Jupyter notebook: it is not JSON (Unexpected end of JSON input)',
    ],
  ],
  [
    'a control character',
    { 'workspace/a\nb.txt': '' },
    ['"workspace/a\\nb.txt":0:0 plain-file-name: the name holds a control character'],
  ],
]

describe('files that cannot be synced', () => {
  test.each(bad)('%s', async (_, files, faults) => {
    expect(faultsOf(await load(files))).toEqual(faults)
  })

  test('names that differ in case are two files', async () => {
    expect(await pathsOf({ 'workspace/A.py': '', 'workspace/a.py': '' })).toEqual(['A.py', 'a.py', 'job.py'])
  })

  test('sockets', async () => {
    const folder = write(temporary(), sound)
    const server = createServer()
    await new Promise<void>((done) => server.listen(join(folder, 'workspace/socket'), done))
    const loaded = await at(folder)
    server.close()
    expect(faultsOf(loaded)).toEqual(['workspace/socket:0:0 not-a-file: this is neither a file nor a folder'])
  })

  test.skipIf(process.getuid?.() === 0)('unreadable ones', async () => {
    const folder = write(temporary(), sound)
    chmodSync(join(folder, 'workspace/job.py'), 0)
    expect(faultsOf(await at(folder))[0]).toContain('workspace/job.py:0:0 file-unreadable')
  })
})

describe('symbolic links', () => {
  const linked = (target: string, name: string): string => {
    const folder = write(temporary(), { ...sound, 'workspace/lib/a.txt': 'a', 'outside/b.txt': 'b' })
    mkdirSync(join(folder, 'workspace/deep'))
    symlinkSync(target, join(folder, 'workspace', name))
    return folder
  }

  test.each([
    ['lib/a.txt', 'copy.txt', ['copy.txt', 'job.py', 'lib/a.txt']],
    ['../lib', 'deep/lib', ['deep/lib/a.txt', 'job.py', 'lib/a.txt']],
    ['../outside', 'node_modules', ['job.py', 'lib/a.txt']],
  ])('%s as %s is followed', async (target, name, paths) => {
    expect(sane(await at(linked(target, name))).desired.files?.files.map(({ path }) => path)).toEqual(paths)
  })

  test.each([
    ['../outside', 'out', 'symlink-leaves-the-folder: this link leads out of the synced folder'],
    ['../outside/b.txt', 'b.txt', 'symlink-leaves-the-folder: this link leads out of the synced folder'],
    ['/etc/hostname', 'host', 'symlink-leaves-the-folder: this link leads out of the synced folder'],
    ['nothing', 'gone', 'symlink-leads-nowhere: this link leads nowhere'],
    ['self', 'self', 'symlink-loop: this link leads to itself'],
    ['..', 'deep/up', 'symlink-loop: this link leads back to a folder above it'],
    ['.', 'here', 'symlink-loop: this link leads back to a folder above it'],
  ])('%s as %s is refused', async (target, name, fault) => {
    expect(faultsOf(await at(linked(target, name)))).toEqual([`workspace/${name}:0:0 ${fault}`])
  })
})

test('10,000 small files, each with its own digest, in the order of their paths', async () => {
  const folder = write(temporary(), sound)
  for (let d = 0; d < 100; d++) {
    mkdirSync(join(folder, `workspace/d${d}`))
    for (let i = 0; i < 100; i++)
      writeFileSync(join(folder, `workspace/d${d}/f${i}.py`), `x = ${d * 100 + i}\n`)
  }
  const loaded = sane(await at(folder))
  const files = loaded.desired.files?.files ?? []
  expect(new Set(files.map(({ digest }) => digest)).size).toBe(10_001)
  const paths = files.map(({ path }) => path)
  expect(paths).toEqual(paths.toSorted((a, b) => (a < b ? -1 : 1)))
})
