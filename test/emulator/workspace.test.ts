import { beforeEach, describe, expect, it } from 'vitest'
import { ipynb, paths, treeOf } from './tree-at.ts'
import { workspaceAt } from './workspace-at.ts'

const { ask, ok } = workspaceAt()
const { importJson, status, list, download } = treeOf(ask, ok)

beforeEach(async () => {
  await ok('POST', '/_emulator/reset')
  await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X' })
})

describe('a new workspace', () => {
  it('has the standard folders and the home', async () => {
    expect(paths(await list('/'))).toEqual(['/Repos', '/Shared', '/Users'])
    expect(paths(await list('/Users'))).toEqual(['/Users/admin@example.com'])
    expect(await list('/Repos')).toEqual({})
  })
})

describe('import decides', () => {
  /** Path given, text, over -> path, type, language of what arises. */
  const rows: [string, string, Record<string, unknown>, string, string, string | undefined][] = [
    ['/Shared/X/a.py', '# Databricks notebook source\nprint(1)', {}, '/Shared/X/a', 'NOTEBOOK', 'PYTHON'],
    ['/Shared/X/a.py', '# Databricks notebook source\r\nprint(1)', {}, '/Shared/X/a', 'NOTEBOOK', 'PYTHON'],
    ['/Shared/X/a.sql', '-- Databricks notebook source\nSELECT 1', {}, '/Shared/X/a', 'NOTEBOOK', 'SQL'],
    ['/Shared/X/a.scala', '// Databricks notebook source', {}, '/Shared/X/a', 'NOTEBOOK', 'SCALA'],
    ['/Shared/X/a.R', '# Databricks notebook source\n1', {}, '/Shared/X/a', 'NOTEBOOK', 'R'],
    ['/Shared/X/a.ipynb', ipynb, {}, '/Shared/X/a', 'NOTEBOOK', 'PYTHON'],
    ['/Shared/X/a.py', 'print(1)', {}, '/Shared/X/a.py', 'FILE', undefined],
    ['/Shared/X/a.py', '# Databricks notebook sources', {}, '/Shared/X/a.py', 'FILE', undefined],
    ['/Shared/X/a.sql', '# Databricks notebook source', {}, '/Shared/X/a.sql', 'FILE', undefined],
    ['/Shared/X/a.txt', '# Databricks notebook source', {}, '/Shared/X/a.txt', 'FILE', undefined],
    ['/Shared/X/a', '', {}, '/Shared/X/a', 'FILE', undefined],
    [
      '/Shared/X/a.py',
      '# Databricks notebook source',
      { format: 'RAW' },
      '/Shared/X/a.py',
      'FILE',
      undefined,
    ],
    [
      '/Shared/X/a.py',
      'print(1)',
      { format: 'SOURCE', language: 'PYTHON' },
      '/Shared/X/a.py',
      'NOTEBOOK',
      'PYTHON',
    ],
    ['/Shared/X/a', 'x', { format: 'SOURCE', language: 'R' }, '/Shared/X/a', 'NOTEBOOK', 'R'],
    ['/Shared/X/a', 'x', { format: undefined, language: 'SCALA' }, '/Shared/X/a', 'NOTEBOOK', 'SCALA'],
    ['/Shared/X/a', ipynb, { format: 'JUPYTER' }, '/Shared/X/a', 'NOTEBOOK', 'PYTHON'],
    ['/Workspace/Shared/X/a.txt', '', {}, '/Shared/X/a.txt', 'FILE', undefined],
    ['//Shared//X/a.txt/', '', {}, '/Shared/X/a.txt', 'FILE', undefined],
  ]
  it.each(rows)('%s (%j, %o) -> %s %s %s', async (given, text, over, path, type, language) => {
    const answer = await importJson(given, text, over)
    expect([answer.status, answer.body]).toEqual([200, {}])
    expect(await list('/Shared/X')).toEqual({
      objects: [expect.objectContaining({ path, object_type: type })],
    })
    expect((await status(path)).language).toBe(language)
  })
})

describe('import refuses', () => {
  const big = 'x'.repeat(10_485_761)
  const rows: [string, string, string, Record<string, unknown>, number, string, RegExp][] = [
    [
      'a missing parent',
      '/Shared/Y/a.txt',
      '',
      {},
      404,
      'RESOURCE_DOES_NOT_EXIST',
      /^The parent folder \(\/Shared\/Y\) does not exist\.$/,
    ],
    ['a file as parent', '/Shared/X/f.txt/a.txt', '', {}, 404, 'RESOURCE_DOES_NOT_EXIST', /parent folder/],
    [
      'what exists',
      '/Shared/X/f.txt',
      '',
      {},
      400,
      'RESOURCE_ALREADY_EXISTS',
      /\(\/Shared\/X\/f\.txt\) already exists/,
    ],
    [
      'text False for overwrite',
      '/Shared/X/f.txt',
      '',
      { overwrite: 'False' },
      400,
      'RESOURCE_ALREADY_EXISTS',
      /already exists/,
    ],
    [
      'a notebook over a file',
      '/Shared/X/f.txt',
      'x',
      { overwrite: true, format: 'SOURCE', language: 'R' },
      400,
      'INVALID_PARAMETER_VALUE',
      /Requested node type \[NOTEBOOK\] is different from the existing node type \[FILE\]/,
    ],
    [
      'a file over a folder',
      '/Shared/X',
      'x',
      { overwrite: true },
      400,
      'INVALID_PARAMETER_VALUE',
      /\[FILE\].*\[DIRECTORY\]/,
    ],
    [
      'SOURCE without language',
      '/Shared/X/a',
      '',
      { format: 'SOURCE' },
      400,
      'INVALID_PARAMETER_VALUE',
      /language/,
    ],
    [
      'an unknown language',
      '/Shared/X/a',
      '',
      { format: 'SOURCE', language: 'python' },
      400,
      'INVALID_PARAMETER_VALUE',
      /language python/,
    ],
    [
      'a format in small letters',
      '/Shared/X/a',
      '',
      { format: 'source' },
      400,
      'INVALID_PARAMETER_VALUE',
      /format source/,
    ],
    [
      'JUPYTER that is none',
      '/Shared/X/a',
      'print(1)',
      { format: 'JUPYTER' },
      400,
      'INVALID_PARAMETER_VALUE',
      /not a Jupyter notebook/,
    ],
    [
      'more than 10 MB',
      '/Shared/X/a',
      big,
      {},
      400,
      'MAX_NOTEBOOK_SIZE_EXCEEDED',
      /File size imported is \(10485761 bytes\), exceeded max size \(10485760 bytes\)/,
    ],
    ['a relative path', 'Shared/X/a', '', {}, 400, 'INVALID_PARAMETER_VALUE', /doesn't start with '\/'/],
    ['dots', '/Shared/X/../a', '', {}, 400, 'INVALID_PARAMETER_VALUE', /not normalized/],
    ['no content', '/Shared/X/a', '', { content: undefined }, 400, 'INVALID_PARAMETER_VALUE', /content/],
    ['content that is no base64', '/Shared/X/a', '', { content: 'a*b' }, 400, 'MALFORMED_REQUEST', /base64/],
    ['a DBC archive', '/Shared/X/a', '', { format: 'DBC' }, 501, 'NOT_IMPLEMENTED', /cannot import DBC/],
  ]
  it.each(rows)('%s', async (_, path, text, over, code, errorCode, message) => {
    await importJson('/Shared/X/f.txt', 'old')
    const answer = await importJson(path, text, over)
    expect(answer.status).toBe(code)
    expect(answer.body).toEqual({ error_code: errorCode, message: expect.stringMatching(message) })
    expect(paths(await list('/Shared/X'))).toEqual(['/Shared/X/f.txt'])
    expect(await download('/Shared/X/f.txt')).toBe('old')
  })

  it('nothing at 10 MB exactly', async () => {
    expect((await importJson('/Shared/X/a.bin', 'x'.repeat(10_485_760))).status).toBe(200)
    expect((await status('/Shared/X/a.bin')).size).toBe(10_485_760)
  })
})

describe('multipart import', () => {
  const form = (fields: Record<string, string>, bytes: Uint8Array<ArrayBuffer>): FormData => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) data.append(name, value)
    data.append('content', new Blob([bytes]), 'content')
    return data
  }
  it('keeps every byte', async () => {
    const bytes = Uint8Array.from({ length: 2_600_000 }, (_, index) => (index * 7) % 256)
    await ok('POST', '/api/2.0/workspace/import', form({ path: '/Shared/X/b.bin', format: 'AUTO' }, bytes))
    const { body } = await ok(
      'GET',
      '/api/2.0/workspace/export?path=/Shared/X/b.bin&direct_download=true&format=AUTO',
    )
    expect(Buffer.compare(body, Buffer.from(bytes))).toBe(0)
    expect(await status('/Shared/X/b.bin')).toMatchObject({ object_type: 'FILE', size: 2_600_000 })
  })
  it('reads overwrite by value', async () => {
    const send = (overwrite: string, text: string) =>
      ask(
        'POST',
        '/api/2.0/workspace/import',
        form({ path: '/Shared/X/a.txt', overwrite, format: 'AUTO' }, Buffer.from(text)),
      )
    expect((await send('False', 'one')).status).toBe(200)
    expect((await send('False', 'two')).status).toBe(400)
    expect((await send('true', 'three')).status).toBe(200)
    expect(await download('/Shared/X/a.txt')).toBe('three')
  })
  it('refuses more than 10 MB', async () => {
    const answer = await ask(
      'POST',
      '/api/2.0/workspace/import',
      form({ path: '/Shared/X/a.bin' }, new Uint8Array(10_485_761)),
    )
    expect(answer.body.error_code).toBe('MAX_NOTEBOOK_SIZE_EXCEEDED')
  })
  it('refuses a broken form', async () => {
    const { emulator } = workspaceAt()
    for (const [type, body] of [
      ['multipart/form-data', ''],
      ['multipart/form-data; boundary=b', 'x'],
      ['multipart/form-data; boundary=b', '--b\r\nx'],
    ]) {
      const response = await emulator.fetch('http://h/api/2.0/workspace/import', {
        method: 'POST',
        headers: { authorization: `Bearer ${emulator.token}`, 'content-type': type ?? '' },
        body: body ?? '',
      })
      expect([response.status, ((await response.json()) as { error_code: string }).error_code]).toEqual([
        400,
        'MALFORMED_REQUEST',
      ])
    }
  })
})
