import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readIndex } from '../../src/emulator/mirror/index.ts'
import { mirrorWorkspace } from '../../src/emulator/mirror/mirror.ts'
import { openStore, type Store } from '../../src/emulator/server/store.ts'
import { ipynb, treeOf } from './tree-at.ts'
import { base64, workspaceAt } from './workspace-at.ts'

let folder = ''
let db: Store
let workspace: ReturnType<typeof workspaceAt>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brickrail-mirror-'))
  workspace = workspaceAt({ state: folder })
  db = openStore(folder)
})
afterEach(async () => {
  db.close()
  await workspace.emulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = (path: string) => join(folder, 'workspace', path)
const read = (path: string) => readFileSync(at(path), 'utf8')
const mirror = () => mirrorWorkspace(db, folder)

const put = async (path: string, text: string): Promise<void> => {
  const { importJson } = treeOf(workspace.ask, workspace.ok)
  await workspace.ok('POST', '/api/2.0/workspace/mkdirs', { path: path.slice(0, path.lastIndexOf('/')) })
  expect((await importJson(path, text, { overwrite: true })).status).toBe(200)
}
const remove = (path: string) => workspace.ok('POST', '/api/2.0/workspace/delete', { path, recursive: true })

describe('the mirror of the workspace', () => {
  it('holds files as they are and notebooks as their source, and says which is which', async () => {
    await put('/Shared/app/data ä.csv', 'a,b\n')
    await put('/Shared/app/etl.py', '# Databricks notebook source\nprint(1)\n')
    await put('/Shared/app/book.ipynb', ipynb)
    await put('/Shared/app/plain.py', 'print(2)\n')
    const bytes = { path: '/Shared/app/x.bin', content: Buffer.from([0, 255, 10]).toString('base64') }
    await workspace.ok('POST', '/api/2.0/workspace/import', { ...bytes, format: 'RAW' })
    expect(mirror()).toMatchObject({ removed: 0, skipped: [] })
    expect(readdirSync(at('Shared/app')).toSorted()).toEqual([
      'book',
      'data ä.csv',
      'etl',
      'plain.py',
      'x.bin',
    ])
    expect(read('Shared/app/data ä.csv')).toBe('a,b\n')
    expect(read('Shared/app/etl')).toBe('# Databricks notebook source\nprint(1)\n')
    expect(read('Shared/app/book')).toMatch(/^# Databricks notebook source\n# MAGIC %md\n/)
    expect([...readFileSync(at('Shared/app/x.bin'))]).toEqual([0, 255, 10])
    const index = readIndex(join(folder, 'workspace'))?.objects ?? {}
    const notebook = { type: 'NOTEBOOK', language: 'PYTHON', format: 'SOURCE' }
    expect(index['/Shared/app/etl']).toMatchObject(notebook)
    expect(index['/Shared/app/book']).toMatchObject(notebook)
    expect(index['/Shared/app/plain.py']).not.toHaveProperty('language')
    expect(index['/Shared/app']).toMatchObject({ type: 'DIRECTORY' })
  })

  it('changes what changed, and touches nothing else', async () => {
    for (const name of ['a', 'b', 'c']) await put(`/Shared/${name}.txt`, name)
    mirror()
    expect(mirror()).toEqual({ written: 0, removed: 0, skipped: [] })
    const before = ['a', 'b', 'c'].map((name) => lstatSync(at(`Shared/${name}.txt`)).ino)
    await put('/Shared/b.txt', 'B')
    expect(mirror()).toEqual({ written: 1, removed: 0, skipped: [] })
    const after = ['a', 'b', 'c'].map((name) => lstatSync(at(`Shared/${name}.txt`)).ino)
    expect(after.map((inode, index) => inode === before[index])).toEqual([true, false, true])
    expect(read('Shared/b.txt')).toBe('B')
  })

  it('deletes what is gone, and takes files for folders and folders for files', async () => {
    await put('/Shared/gone/deep/a.txt', '1')
    await put('/Shared/thing/a.txt', '1')
    await put('/Shared/other', '1')
    mirror()
    writeFileSync(at('Shared/gone/deep/left-by-a-run'), 'x')
    for (const path of ['/Shared/gone', '/Shared/thing', '/Shared/other']) await remove(path)
    await put('/Shared/thing', 'a file now')
    await put('/Shared/other/b.txt', 'a folder now')
    mirror()
    expect(readdirSync(at('Shared')).toSorted()).toEqual(['other', 'thing'])
    expect([read('Shared/thing'), read('Shared/other/b.txt')]).toEqual(['a file now', 'a folder now'])
  })

  it('takes a folder that was deleted and made again for a new one', async () => {
    await put('/Shared/d/e/a.txt', '1')
    mirror()
    await remove('/Shared/d')
    await put('/Shared/d/e/b.txt', '2')
    mirror()
    expect(readdirSync(at('Shared/d/e'))).toEqual(['b.txt'])
  })

  it('puts back what a run changed, and keeps what a run made', async () => {
    await put('/Shared/a.txt', 'right')
    await put('/Shared/b.txt', 'right')
    mirror()
    writeFileSync(at('Shared/a.txt'), 'wrong')
    rmSync(at('Shared/b.txt'))
    mkdirSync(at('Shared/__pycache__'))
    expect(mirror()).toMatchObject({ written: 2 })
    expect([read('Shared/a.txt'), read('Shared/b.txt')]).toEqual(['right', 'right'])
    expect(existsSync(at('Shared/__pycache__'))).toBe(true)
  })

  it('never follows a link that a run made', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'brickrail-outside-'))
    writeFileSync(join(outside, 'a.txt'), 'mine')
    await put('/Shared/d/a.txt', '1')
    mirror()
    rmSync(at('Shared/d'), { recursive: true })
    symlinkSync(outside, at('Shared/d'))
    await put('/Shared/d/b.txt', '2')
    mirror()
    expect([read('Shared/d/a.txt'), read('Shared/d/b.txt')]).toEqual(['1', '2'])
    rmSync(at('Shared/d'), { recursive: true })
    symlinkSync(outside, at('Shared/d'))
    await remove('/Shared/d')
    mirror()
    expect(readdirSync(outside)).toEqual(['a.txt'])
    expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('mine')
    rmSync(outside, { recursive: true })
  })

  it('begins anew without an index it can read', async () => {
    await put('/Shared/a.txt', '1')
    mirror()
    writeFileSync(at('Shared/stale'), 'x')
    writeFileSync(at('.brickrail-index.json'), 'broken')
    mirror()
    expect(readdirSync(at('Shared'))).toEqual(['a.txt'])
  })

  it('ended early leaves nothing behind that a later one does not find', async () => {
    await put('/Shared/a.txt', '1')
    mirror()
    await put('/Shared/b.txt', '2')
    await put('/Shared/c.txt', '3')
    const torn: Store = {
      ...db,
      atomically: (work) => work(),
      // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
      get: <Row>(sql: string, ...values: Parameters<Store['run']>[1][]) => {
        if (sql.includes('bytes') && existsSync(at('Shared/b.txt'))) throw new Error('killed')
        return db.get<Row>(sql, ...values)
      },
    }
    expect(() => mirrorWorkspace(torn, folder)).toThrow('killed')
    expect(readdirSync(at('Shared')).toSorted()).toEqual(['a.txt', 'b.txt'])
    await remove('/Shared/b.txt')
    mirror()
    expect(readdirSync(at('Shared')).toSorted()).toEqual(['a.txt', 'c.txt'])
    expect(mirror()).toEqual({ written: 0, removed: 0, skipped: [] })
  })

  it('says which names this disk cannot hold', async () => {
    const long = `/Shared/${'x'.repeat(300)}.txt`
    await put(long, '1')
    await put('/Shared/a.txt', '1')
    expect(mirror().skipped).toEqual([{ path: long, reason: 'ENAMETOOLONG' }])
    expect(readdirSync(at('Shared'))).toEqual(['a.txt'])
    expect(mirror()).toMatchObject({ written: 0, removed: 0 })
  })

  it('goes with a reset', async () => {
    await put('/Shared/a.txt', '1')
    mirror()
    await workspace.ok('POST', '/_emulator/reset')
    expect(existsSync(at(''))).toBe(false)
  })

  it('of 1,000 files looks through them in no time when nothing changed', async () => {
    await workspace.ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/many' })
    for (let index = 0; index < 1000; index += 1) {
      const path = `/Shared/many/${index}.txt`
      const body = { path, content: base64(`${index}`), format: 'RAW' }
      await workspace.ok('POST', '/api/2.0/workspace/import', body)
    }
    expect(mirror().written).toBeGreaterThanOrEqual(1000)
    const started = performance.now()
    expect(mirror()).toEqual({ written: 0, removed: 0, skipped: [] })
    expect(performance.now() - started).toBeLessThan(500)
  })
})
