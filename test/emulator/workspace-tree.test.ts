import { beforeEach, describe, expect, it } from 'vitest'
import { ipynb, paths, treeOf } from './tree-at.ts'
import { base64, workspaceAt } from './workspace-at.ts'

const { ask, ok } = workspaceAt()
const { importJson, status, list, download } = treeOf(ask, ok)

beforeEach(async () => {
  await ok('POST', '/_emulator/reset')
  await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X' })
})

describe('overwrite', () => {
  it('keeps id and creation, and moves modified_at strictly on', async () => {
    const seen: { modified_at: number; object_id: bigint; created_at: number }[] = []
    for (const text of ['1', '2', '3']) {
      await importJson('/Shared/X/a.txt', text, { overwrite: true })
      seen.push(await status('/Shared/X/a.txt'))
    }
    expect(new Set(seen.map(({ object_id: id }) => id)).size).toBe(1)
    expect(typeof seen[0]?.object_id).toBe('bigint')
    expect(new Set(seen.map(({ created_at: at }) => at)).size).toBe(1)
    const times = seen.map(({ modified_at: at }) => at)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
    expect(await download('/Shared/X/a.txt')).toBe('3')
  })
})

describe('export', () => {
  const source =
    '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n# MAGIC text\n\n# COMMAND ----------\n\nprint(1)\nprint(2)\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC SELECT 1\n'
  beforeEach(async () => {
    await importJson('/Shared/X/f.txt', 'text')
    await importJson('/Shared/X/py', 'print(1)\n', { format: 'SOURCE', language: 'PYTHON' })
    await importJson('/Shared/X/sql', 'SELECT 1', { format: 'SOURCE', language: 'SQL' })
    await importJson('/Shared/X/scala', '// Databricks notebook source\nval x = 1', {
      format: 'SOURCE',
      language: 'SCALA',
    })
    await importJson('/Shared/X/nb', ipynb, { format: 'JUPYTER' })
    await importJson('/Shared/X/magic', source, { format: 'SOURCE', language: 'PYTHON' })
  })
  it.each([
    ['f.txt', 'AUTO', 'text', 'txt'],
    ['f.txt', '', 'text', 'txt'],
    ['py', 'SOURCE', '# Databricks notebook source\nprint(1)\n', 'py'],
    ['py', '', '# Databricks notebook source\nprint(1)\n', 'py'],
    ['py', 'AUTO', '# Databricks notebook source\nprint(1)\n', 'py'],
    ['sql', 'SOURCE', '-- Databricks notebook source\nSELECT 1', 'sql'],
    ['scala', 'SOURCE', '// Databricks notebook source\nval x = 1', 'scala'],
    ['nb', 'JUPYTER', ipynb, 'ipynb'],
    ['nb', 'AUTO', ipynb, 'ipynb'],
    ['nb', 'SOURCE', source, 'py'],
    ['magic', 'SOURCE', source, 'py'],
  ])('%s as %s', async (name, format, text, type) => {
    expect(await download(`/Shared/X/${name}`, format)).toBe(text)
    const { body } = await ok(
      'GET',
      `/api/2.0/workspace/export?path=/Workspace/Shared/X/${name}&format=${format}`,
    )
    expect(body).toEqual({ content: base64(text), file_type: type })
  })
  it('makes Jupyter cells of source commands', async () => {
    const notebook = JSON.parse(await download('/Shared/X/magic', 'JUPYTER'))
    expect(
      notebook.cells.map((cell: { cell_type: string; source: string[] }) => [
        cell.cell_type,
        cell.source.join(''),
      ]),
    ).toEqual([
      ['markdown', '# Title\ntext'],
      ['code', 'print(1)\nprint(2)'],
      ['code', '%sql\nSELECT 1'],
    ])
  })
  it.each([
    ['/Shared/X/none', 'AUTO', 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['/Shared/X', 'SOURCE', 501, 'NOT_IMPLEMENTED'],
    ['/Shared/X/py', 'DBC', 501, 'NOT_IMPLEMENTED'],
    ['/Shared/X/py', 'auto', 400, 'INVALID_PARAMETER_VALUE'],
    ['/Shared/X/f.txt', 'JUPYTER', 400, 'INVALID_PARAMETER_VALUE'],
  ])('refuses %s as %s', async (path, format, code, errorCode) => {
    const answer = await ask('GET', `/api/2.0/workspace/export?path=${path}&format=${format}`)
    expect([answer.status, answer.body.error_code]).toEqual([code, errorCode])
  })
})

describe('list and get-status', () => {
  it('show what belongs to each type', async () => {
    await importJson('/Shared/X/f.txt', 'text')
    await importJson('/Shared/X/n', 'x', { format: 'SOURCE', language: 'R' })
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X/d/e/' })
    const { objects } = await list('/Workspace/Shared/X/')
    const common = { object_id: expect.any(BigInt), resource_id: expect.stringMatching(/^\d{17,19}$/) }
    const dates = { created_at: expect.any(Number), modified_at: expect.any(Number) }
    expect(objects).toEqual([
      { path: '/Shared/X/d', object_type: 'DIRECTORY', ...common },
      { path: '/Shared/X/f.txt', object_type: 'FILE', size: 4, ...common, ...dates },
      { path: '/Shared/X/n', object_type: 'NOTEBOOK', language: 'R', ...common, ...dates },
    ])
    expect(`${objects[0].object_id}`).toBe(objects[0].resource_id)
    expect(await list('/Shared/X/f.txt')).toEqual({ objects: [objects[1]] })
    expect(await status('/Shared/X/n')).toEqual(objects[2])
  })
  it('are a 404 for a missing path', async () => {
    for (const call of ['list', 'get-status'])
      expect((await ask('GET', `/api/2.0/workspace/${call}?path=/Shared/none`)).body).toEqual({
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: "Path (/Shared/none) doesn't exist.",
      })
  })
  it('can leave out notebooks that are older', async () => {
    await importJson('/Shared/X/a', 'x', { format: 'SOURCE', language: 'R' })
    await importJson('/Shared/X/b', 'x', { format: 'SOURCE', language: 'R' })
    const { modified_at: at } = await status('/Shared/X/a')
    expect(
      paths((await ok('GET', `/api/2.0/workspace/list?path=/Shared/X&notebooks_modified_after=${at}`)).body),
    ).toEqual(['/Shared/X/b'])
  })
  it('do not take /Shared/X2 for a child of /Shared/X', async () => {
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X2' })
    expect(await list('/Shared/X')).toEqual({})
  })
})

describe('delete and mkdirs', () => {
  const remove = (path: string, recursive?: boolean | string) =>
    ask('POST', '/api/2.0/workspace/delete', { path, recursive })
  it('need recursive for a folder with content', async () => {
    await importJson('/Shared/X/f.txt', '')
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X/d/e' })
    expect((await remove('/Shared/X')).body).toEqual({
      error_code: 'DIRECTORY_NOT_EMPTY',
      message: 'Folder (/Shared/X) is not empty',
    })
    expect((await remove('/Shared/X', true)).body).toEqual({})
    expect((await remove('/Shared/X', true)).status).toBe(404)
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X' })
    expect(await list('/Shared/X')).toEqual({})
  })
  it.each(['/Shared/X/f.txt', '/Workspace/Shared/X/f.txt'])('remove %s', async (path) => {
    await importJson('/Shared/X/f.txt', '')
    expect((await remove(path)).status).toBe(200)
    expect(await list('/Shared/X')).toEqual({})
  })
  it.each(['/', '/Workspace', '/Shared', '/Users', '/Repos', '/Users/admin@example.com'])(
    'refuse to remove %s',
    async (path) => {
      const answer = await remove(path, true)
      expect([answer.status, answer.body.error_code]).toEqual([400, 'DIRECTORY_PROTECTED'])
    },
  )
  it('make folders once, and none below a file or for a stranger', async () => {
    await ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X/' })
    await importJson('/Shared/X/f.txt', '')
    const under = await ask('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/X/f.txt/d' })
    expect([under.status, under.body.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS'])
    const stranger = await ask('POST', '/api/2.0/workspace/mkdirs', { path: '/Users/nobody@example.com/d' })
    expect([stranger.status, stranger.body.error_code]).toEqual([400, 'DIRECTORY_PROTECTED'])
  })
})

describe('workspace-files', () => {
  const send = (path: string, text: string, query = '') =>
    ask('POST', `/api/2.0/workspace-files/import-file/${path}${query}`, Buffer.from(text))
  it('import and read raw bytes, however the path is written', async () => {
    for (const [index, path] of [
      'Shared/X/a.txt',
      '/Shared/X/a.txt',
      '%2FShared%2FX%2Fa.txt',
      'Workspace/Shared/X/a.txt',
    ].entries()) {
      expect((await send(path, `${index}`, '?overwrite=true')).body).toEqual({})
      expect((await ok('GET', `/api/2.0/workspace-files/${path}`)).body.toString()).toBe(`${index}`)
    }
    expect(await status('/Shared/X/a.txt')).toMatchObject({ object_type: 'FILE' })
  })
  it('take JSON text as bytes', async () => {
    await send('Shared/X/a.json', '{"broken": ')
    expect(await download('/Shared/X/a.json')).toBe('{"broken": ')
  })
  it('make notebooks by the rules of AUTO', async () => {
    await send('Shared/X/a.py', '# Databricks notebook source\n1')
    expect(await status('/Shared/X/a')).toMatchObject({ object_type: 'NOTEBOOK', language: 'PYTHON' })
    expect((await ok('GET', '/api/2.0/workspace-files/Shared/X/a')).body.toString()).toBe(
      '# Databricks notebook source\n1',
    )
  })
  it.each([
    ['Shared/X/f.txt', '', 409, 'File already exists at (/Shared/X/f.txt).'],
    ['Shared/X/f.txt', '?overwrite=false', 409, 'File already exists at (/Shared/X/f.txt).'],
    ['Shared/none/f.txt', '', 404, 'The parent folder (/Shared/none) does not exist.'],
  ])('refuse %s%s', async (path, query, code, message) => {
    await send('Shared/X/f.txt', 'old')
    const answer = await send(path, 'new', query)
    expect([answer.status, answer.body.message]).toEqual([code, message])
    expect(await download('/Shared/X/f.txt')).toBe('old')
  })
  it('are a 404 for a missing path', async () => {
    expect((await ask('GET', '/api/2.0/workspace-files/Shared/none')).status).toBe(404)
  })
})
