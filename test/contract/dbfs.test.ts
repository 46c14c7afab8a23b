import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { endpoint, type Empty } from '../../src/wire/endpoint.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { open, refused } from './subject.ts'

const subject = await open()
const { client, setup } = subject
const { dbfs } = client

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')
const megabyte = 1024 * 1024

/** A folder of this case alone, with that in it. */
const folderWith = async (files: Record<string, string> = {}): Promise<string> => {
  const folder = `/tmp/${subject.unique('dbfs')}`
  subject.undo(() => setup.dbfs.deleteAll(folder))
  await setup.dbfs.mkdirs({ path: folder })
  for (const [name, content] of Object.entries(files))
    await setup.dbfs.put({ path: `${folder}/${name}`, contents: base64(content) })
  return folder
}

const contentOf = async (path: string): Promise<string | undefined> => {
  const bytes = await setup.dbfs.readAll(path)
  return bytes && Buffer.from(bytes).toString()
}

describe('a file of DBFS', () => {
  it('is put as JSON, read back, and told about', async () => {
    const path = `${await folderWith()}/a.txt`
    const before = Date.now() - 600_000
    expect(await dbfs.put({ path, contents: base64('hello') })).toEqual({})
    expect(await dbfs.read({ path })).toEqual({ bytes_read: 5, data: base64('hello') })
    const info = await dbfs.getStatus({ path })
    expect(info).toMatchObject({ path, is_dir: false, file_size: 5 })
    expect(Number(info.modification_time)).toBeGreaterThan(before)
    expect(await dbfs.find(path)).toEqual(info)
  })

  it.each(['a b.txt', 'prix+50%.csv', 'größe&zahl=1.txt', 'q?#x.txt', '日本 – λ.txt'])(
    'is uploaded as a form with every byte, under the name %s',
    async (name) => {
      const path = `${await folderWith()}/deep/${name}`
      const everyByte = Uint8Array.from({ length: 3 * megabyte + 17 }, (_, index) => (index * 7) % 256)
      expect(await dbfs.upload({ path, contents: everyByte })).toEqual({})
      expect(await dbfs.getStatus({ path })).toMatchObject({ path, file_size: everyByte.length })
      expect(Buffer.compare(Buffer.from((await dbfs.readAll(path)) ?? ''), everyByte)).toBe(0)
    },
  )

  it('may be a form that looks like the end of one', async () => {
    const path = `${await folderWith()}/form`
    const content =
      '\r\n--brickrail\r\nContent-Disposition: form-data; name="path"\r\n\r\n/other\r\n--brickrail--\r\n'
    await dbfs.upload({ path, contents: text(content) })
    expect(await contentOf(path)).toBe(content)
  })

  it('may be empty', async () => {
    const folder = await folderWith()
    await dbfs.put({ path: `${folder}/json`, contents: '' })
    await dbfs.upload({ path: `${folder}/form`, contents: new Uint8Array() })
    for (const name of ['json', 'form']) {
      expect(await dbfs.getStatus({ path: `${folder}/${name}` })).toMatchObject({ file_size: 0 })
      expect(await dbfs.readAll(`${folder}/${name}`)).toHaveLength(0)
    }
  })

  it('is the same with dbfs: before its path, and with slashes too many', async () => {
    const folder = await folderWith({ a: '1' })
    expect(await dbfs.getStatus({ path: `dbfs:${folder}//a` })).toMatchObject({ path: `${folder}/a` })
    await dbfs.put({ path: `dbfs:${folder}/b`, contents: base64('2') })
    expect(await contentOf(`${folder}/b`)).toBe('2')
  })

  it('is not overwritten unasked, by no way of writing', async () => {
    const folder = await folderWith({ a: 'old' })
    const path = `${folder}/a`
    for (const work of [
      () => dbfs.put({ path, contents: base64('new') }),
      () => dbfs.put({ path, contents: base64('new'), overwrite: false }),
      () => dbfs.upload({ path, contents: text('new'), overwrite: false }),
      () => dbfs.create({ path }),
    ])
      expect(await refused(work())).toMatchObject({ status: 400, errorCode: 'RESOURCE_ALREADY_EXISTS' })
    expect(await contentOf(path)).toBe('old')
    await dbfs.upload({ path, contents: text('new'), overwrite: true })
    expect(await contentOf(path)).toBe('new')
  })

  it('is no folder, and a folder no file', async () => {
    const folder = await folderWith({ a: '1' })
    const exists = { status: 400, errorCode: 'RESOURCE_ALREADY_EXISTS' }
    expect(await refused(dbfs.put({ path: folder, contents: '', overwrite: true }))).toMatchObject(exists)
    expect(await refused(dbfs.mkdirs({ path: `${folder}/a` }))).toMatchObject(exists)
    expect(await refused(dbfs.mkdirs({ path: `${folder}/a/b` }))).toMatchObject(exists)
    expect((await refused(dbfs.read({ path: folder }))).errorCode).toBe('INVALID_PARAMETER_VALUE')
  })

  it('of more than 1 MB does not fit into JSON', async () => {
    const path = `${await folderWith()}/big`
    const contents = base64(new Uint8Array(megabyte + 1))
    expect(await refused(dbfs.put({ path, contents }))).toMatchObject({
      status: 400,
      errorCode: 'MAX_BLOCK_SIZE_EXCEEDED',
    })
    expect(await dbfs.find(path)).toBeUndefined()
  })
})

describe('reading a part', () => {
  it.each([
    [0, 3, 'abc'],
    [2, 2, 'cd'],
    [4, 100, 'ef'],
    [6, 1, ''],
    [1000, 5, ''],
    [0, 0, ''],
  ])('from %i, %i bytes', async (offset, length, expected) => {
    const path = `${await folderWith({ a: 'abcdef' })}/a`
    expect(await dbfs.read({ path, offset, length })).toEqual({
      bytes_read: expected.length,
      data: base64(expected),
    })
  })

  it.each([
    [{ offset: -1 }, 'INVALID_PARAMETER_VALUE'],
    [{ length: -1 }, 'INVALID_PARAMETER_VALUE'],
    [{ length: megabyte + 1 }, 'MAX_READ_SIZE_EXCEEDED'],
  ])('%j is refused', async (part, errorCode) => {
    const path = `${await folderWith({ a: 'abcdef' })}/a`
    expect(await refused(dbfs.read({ path, ...part }))).toMatchObject({ status: 400, errorCode })
  })
})

describe('a stream', () => {
  it('is created, filled and closed', async () => {
    const path = `${await folderWith()}/streamed/file`
    const { handle } = await dbfs.create({ path })
    for (const data of ['ab', 'cd', 'ef']) await dbfs.addBlock({ handle, data: base64(data) })
    expect(await dbfs.close({ handle })).toEqual({})
    expect(await contentOf(path)).toBe('abcdef')
    const missing = { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }
    expect(await refused(dbfs.addBlock({ handle, data: '' }))).toMatchObject(missing)
    expect(await refused(dbfs.close({ handle }))).toMatchObject(missing)
  })

  it('replaces a file when it is told to', async () => {
    const path = `${await folderWith({ a: 'old content' })}/a`
    const { handle } = await dbfs.create({ path, overwrite: true })
    await dbfs.addBlock({ handle, data: base64('new') })
    await dbfs.close({ handle })
    expect(await contentOf(path)).toBe('new')
  })

  it('takes 1 MB in a block, not more', async () => {
    const path = `${await folderWith()}/file`
    const { handle } = await dbfs.create({ path })
    const data = base64(new Uint8Array(megabyte + 1))
    expect(await refused(dbfs.addBlock({ handle, data }))).toMatchObject({
      status: 400,
      errorCode: 'MAX_BLOCK_SIZE_EXCEEDED',
    })
    await dbfs.addBlock({ handle, data: base64(new Uint8Array(megabyte)) })
    await dbfs.close({ handle })
    expect(await dbfs.getStatus({ path })).toMatchObject({ file_size: megabyte })
  })

  it('has no such handle', async () => {
    expect((await refused(dbfs.addBlock({ handle: 1, data: '' }))).status).toBe(404)
  })
})

describe('a folder', () => {
  it('lists its own files and folders, by path', async () => {
    const folder = await folderWith({ 'b.txt': '22', 'a/x': '1', 'a/y/z': '1' })
    const { files } = await dbfs.list({ path: folder })
    expect(files).toMatchObject([
      { path: `${folder}/a`, is_dir: true, file_size: 0 },
      { path: `${folder}/b.txt`, is_dir: false, file_size: 2 },
    ])
    const below = (await dbfs.files(folder))?.map(({ path }) => path).toSorted()
    expect(below).toEqual([`${folder}/a/x`, `${folder}/a/y/z`, `${folder}/b.txt`])
  })

  it('is empty, and a file lists itself', async () => {
    const folder = await folderWith({ 'full/a': '1' })
    await dbfs.mkdirs({ path: `${folder}/empty/deep` })
    await dbfs.mkdirs({ path: `${folder}/empty/deep` })
    expect(await dbfs.children(`${folder}/empty/deep`)).toEqual([])
    expect(await dbfs.children(`${folder}/full/a`)).toMatchObject([
      { path: `${folder}/full/a`, is_dir: false },
    ])
  })

  it('is missing', async () => {
    const path = `${await folderWith()}/none`
    for (const work of [dbfs.list({ path }), dbfs.getStatus({ path }), dbfs.read({ path })]) {
      const refusal = await refused(work)
      expect(refusal).toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' })
      expect(isMissing(refusal)).toBe(true)
    }
    expect(await dbfs.children(path)).toBeUndefined()
    expect(await dbfs.readAll(path)).toBeUndefined()
  })
})

describe('moving', () => {
  it('takes a file or a folder elsewhere', async () => {
    const folder = await folderWith({ 'a/x': '1', b: '2' })
    await dbfs.move({ source_path: `${folder}/a`, destination_path: `dbfs:${folder}/c` })
    await dbfs.move({ source_path: `${folder}/b`, destination_path: `${folder}/c/b` })
    expect(await contentOf(`${folder}/c/x`)).toBe('1')
    expect(await contentOf(`${folder}/c/b`)).toBe('2')
    expect((await dbfs.children(folder))?.map(({ path }) => path)).toEqual([`${folder}/c`])
  })

  it.each([
    ['none', 'x', 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['a', 'b', 400, 'RESOURCE_ALREADY_EXISTS'],
    ['a', 'd', 400, 'RESOURCE_ALREADY_EXISTS'],
    ['d', 'd/e', 400, 'INVALID_PARAMETER_VALUE'],
  ])('%s to %s is refused', async (source, destination, status, errorCode) => {
    const folder = await folderWith({ a: '1', b: '2', 'd/x': '3' })
    const input = { source_path: `${folder}/${source}`, destination_path: `${folder}/${destination}` }
    expect(await refused(dbfs.move(input))).toMatchObject({ status, errorCode })
    expect((await dbfs.files(folder))?.length).toBe(3)
  })
})

describe('deleting', () => {
  it('takes a file, an empty folder, or nothing at all', async () => {
    const folder = await folderWith({ a: '1' })
    await dbfs.mkdirs({ path: `${folder}/empty` })
    for (const name of ['a', 'empty', 'none'])
      expect(await dbfs.delete({ path: `${folder}/${name}` })).toEqual({})
    expect(await dbfs.children(folder)).toEqual([])
  })

  it('takes a full folder only when it is told to', async () => {
    const folder = await folderWith({ 'd/a': '1', 'd/e/b': '2' })
    const refusal = await refused(dbfs.delete({ path: `${folder}/d` }))
    expect([refusal.status, refusal.apiMessage]).toEqual([400, expect.stringContaining('not empty')])
    expect(await dbfs.files(folder)).toHaveLength(2)
    await dbfs.deleteAll(`dbfs:${folder}/d`)
    expect(await dbfs.find(`${folder}/d`)).toBeUndefined()
  })

  it('never takes the root', async () => {
    expect((await refused(dbfs.delete({ path: 'dbfs:/', recursive: true }))).status).toBe(400)
  })
})

it.each(['', 'relative/path', 'dbfs:relative', '/a/../b', '/a/./b', '/..'])('%j is no path', async (path) => {
  expect((await refused(dbfs.list({ path }))).status).toBe(400)
})

describe('the form of databricks-cli', () => {
  const put = endpoint<{ path: string; overwrite: string; file: Uint8Array }, Empty>(
    'POST',
    '/api/2.0/dbfs/put',
    { input: 'multipart' },
  )
  it('has the bytes in a part «file», and flags as words', async () => {
    const path = `${await folderWith({ a: 'old' })}/a`
    const again = subject.call(put, { path, overwrite: 'False', file: text('new') })
    expect((await refused(again)).errorCode).toBe('RESOURCE_ALREADY_EXISTS')
    await subject.call(put, { path, overwrite: 'True', file: text('new') })
    expect(await contentOf(path)).toBe('new')
  })
})

exercisesEveryEndpointOf('dbfs', subject)
