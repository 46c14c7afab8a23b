import {
  existsSync,
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
import { readDbfsPath } from '../../src/emulator/dbfs/paths.ts'
import { onDisk } from '../../src/emulator/server/disk.ts'
import { spoolMultipart, Spooled } from '../../src/emulator/server/spool.ts'
import { base64, workspaceAt } from './workspace-at.ts'

let state = ''
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'brickrail-dbfs-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const opened = () => {
  const workspace = workspaceAt({ state })
  const { ask, ok } = workspace
  const put = (path: string, text: string) =>
    ask('POST', '/api/2.0/dbfs/put', { path, contents: base64(text), overwrite: true })
  const remove = (path: string) => ask('POST', '/api/2.0/dbfs/delete', { path, recursive: true })
  const list = async (path: string): Promise<string[]> =>
    ((await ok('GET', `/api/2.0/dbfs/list?path=${path}`)).body.files ?? []).map(
      (file: { path: string }) => file.path,
    )
  return { ...workspace, put, remove, list }
}

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['dbfs:/', '/'],
    ['dbfs:/a//b/', '/a/b'],
    ['/a b/ä', '/a b/ä'],
    ['/...', '/...'],
    ['dbfs:/dbfs:/x', '/dbfs:/x'],
  ])('%s is %s', (given, path) => expect(readDbfsPath(given)).toBe(path))

  it.each([undefined, '', 'a', 'dbfs:', 'dbfs:a', '../a', '/..', '/a/../../b', '/a/./b', '/a\0b', 's3://b'])(
    '%j is refused',
    (given) => expect(() => readDbfsPath(given)).toThrow(/path|Path/),
  )
})

describe('DBFS on disk', () => {
  it('is plain files that runs share', async () => {
    const { put, list, emulator } = opened()
    await put('dbfs:/datalake/code/a b.py', 'print(1)')
    expect(readFileSync(join(state, 'dbfs', 'datalake', 'code', 'a b.py'), 'utf8')).toBe('print(1)')
    writeFileSync(join(state, 'dbfs', 'datalake', 'model.bin'), 'by a run')
    expect(await list('/datalake')).toEqual(['/datalake/code', '/datalake/model.bin'])
    expect(await list('/')).toEqual(['/datalake'])
    await emulator.close()
  })

  it('stays over a restart, streams too, and goes with a reset', async () => {
    const first = opened()
    await first.put('/a', '1')
    const handle = `${(await first.ok('POST', '/api/2.0/dbfs/create', { path: '/b' })).body.handle}`
    await first.ok('POST', '/api/2.0/dbfs/add-block', { handle, data: base64('half ') })
    await first.emulator.close()
    const { ok, ask, list, emulator } = opened()
    await ok('POST', '/api/2.0/dbfs/add-block', { handle, data: base64('and half') })
    expect(await list('/')).toEqual(['/a'])
    await ok('POST', '/api/2.0/dbfs/close', { handle })
    expect(readFileSync(join(state, 'dbfs', 'b'), 'utf8')).toBe('half and half')
    await ask('POST', '/_emulator/reset')
    expect(await list('/')).toEqual([])
    await emulator.close()
  })

  it('never follows a link that a run made', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'brickrail-outside-'))
    writeFileSync(join(outside, 'secret.txt'), 'mine')
    const { ask, put, remove, list, emulator } = opened()
    await put('/d/a', '1')
    symlinkSync(outside, join(state, 'dbfs', 'd', 'out'))
    symlinkSync(join(outside, 'secret.txt'), join(state, 'dbfs', 'd', 'file'))
    expect(await list('/d')).toEqual(['/d/a'])
    for (const path of ['/d/out', '/d/out/secret.txt', '/d/file']) {
      for (const call of ['read', 'list', 'get-status'])
        expect((await ask('GET', `/api/2.0/dbfs/${call}?path=${path}`)).status).toBe(400)
      expect((await put(path, 'new')).status).toBe(400)
      expect((await ask('POST', '/api/2.0/dbfs/mkdirs', { path: `${path}/x` })).status).toBe(400)
    }
    const move = { source_path: '/d/a', destination_path: '/d/out/a' }
    expect((await ask('POST', '/api/2.0/dbfs/move', move)).status).toBe(400)
    expect((await remove('/d')).status).toBe(200)
    expect(readdirSync(outside)).toEqual(['secret.txt'])
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('mine')
    rmSync(outside, { recursive: true })
    await emulator.close()
  })

  it.runIf(process.platform === 'linux')('deletes names that are no text', async () => {
    const { remove, list, ok, emulator } = opened()
    await ok('POST', '/api/2.0/dbfs/mkdirs', { path: '/d/deep' })
    writeFileSync(Buffer.concat([Buffer.from(join(state, 'dbfs', 'd', 'deep', 'x')), Buffer.of(0xff)]), 'x')
    expect((await remove('/d')).status).toBe(200)
    expect(await list('/')).toEqual([])
    await emulator.close()
  })

  it('deletes a large folder in several calls', async () => {
    const { remove, list, emulator } = opened()
    const folder = join(state, 'dbfs', 'big', 'deep')
    mkdirSync(folder, { recursive: true })
    for (let index = 0; index < 5100; index += 1) writeFileSync(join(folder, `${index}`), '')
    const partial = await remove('/big')
    expect([partial.status, partial.body]).toEqual([
      503,
      {
        error_code: 'PARTIAL_DELETE',
        message: expect.stringMatching(/^The requested operation has deleted 5000 files\./),
      },
    ])
    expect(readdirSync(folder)).toHaveLength(100)
    expect((await remove('/big')).status).toBe(200)
    expect(await list('/')).toEqual([])
    await emulator.close()
  })
})

describe('a stream', () => {
  it('ends when nobody goes on with it for ten minutes', async () => {
    const { ask, ok, emulator } = opened()
    const handle = `${(await ok('POST', '/api/2.0/dbfs/create', { path: '/a' })).body.handle}`
    const add = () => ask('POST', '/api/2.0/dbfs/add-block', { handle, data: base64('x') })
    const pass = (minutes: number) => ask('POST', '/_emulator/clock', { advance_ms: minutes * 60_000 })
    for (const minutes of [9, 9]) {
      await pass(minutes)
      expect((await add()).status).toBe(200)
    }
    await pass(11)
    expect((await add()).body).toMatchObject({ error_code: 'RESOURCE_DOES_NOT_EXIST' })
    expect((await ask('POST', '/api/2.0/dbfs/close', { handle })).status).toBe(404)
    await emulator.close()
  })

  it('is nobody else’s', async () => {
    const { ask, ok, emulator } = opened()
    await ok('POST', '/_emulator/principals', { user: 'b@example.com', token: 'b-token' })
    const handle = `${(await ok('POST', '/api/2.0/dbfs/create', { path: '/a' })).body.handle}`
    expect((await ask('POST', '/api/2.0/dbfs/close', { handle }, 'b-token')).status).toBe(404)
    await emulator.close()
  })
})

describe('what the system refuses', () => {
  it.each([
    ['ENOSPC', 500, 'IO_ERROR', /disk of the embedded workspace is full \(ENOSPC\)/],
    ['EROFS', 500, 'IO_ERROR', /read-only/],
    ['EIO', 500, 'IO_ERROR', /\(EIO\)/],
    ['ENAMETOOLONG', 400, 'IO_ERROR', /too long/],
    ['ENOENT', 404, 'RESOURCE_DOES_NOT_EXIST', /No file or directory exists/],
  ])('%s is an answer', (code, status, errorCode, message) => {
    const fail = () =>
      onDisk('/a', () => {
        throw Object.assign(new Error(`${code}: /machine/path`), { code, syscall: 'write' })
      })
    expect(fail).toThrow(expect.objectContaining({ status, errorCode }))
    expect(fail).toThrow(message)
    expect(fail).not.toThrow(/machine/)
  })

  it('is no bug of ours', () => {
    const bug = () => {
      throw new TypeError('a bug')
    }
    expect(() => onDisk('/a', bug)).toThrow(TypeError)
  })

  it('leaves the old file as it was', async () => {
    const { ask, ok, put, list, emulator } = opened()
    await put('/a', 'old')
    rmSync(join(state, 'dbfs-uploads'), { recursive: true })
    writeFileSync(join(state, 'dbfs-uploads'), 'in the way')
    expect(await put('/a', 'new')).toMatchObject({ status: 500, body: { error_code: 'IO_ERROR' } })
    const form = new FormData()
    form.set('path', '/a')
    form.set('contents', new Blob(['new']), 'contents')
    expect(await ask('POST', '/api/2.0/dbfs/put', form)).toMatchObject({ status: 500 })
    expect((await ask('POST', '/api/2.0/dbfs/create', { path: '/b' })).status).toBe(500)
    expect((await put(`/${'x'.repeat(300)}`, '')).body).toMatchObject({ error_code: 'IO_ERROR' })
    expect((await ok('GET', '/api/2.0/dbfs/read?path=/a')).body.data).toBe(base64('old'))
    expect(await list('/')).toEqual(['/a'])
    await emulator.close()
  })
})

describe('a large form', () => {
  const boundary = 'b0undary'
  const type = `multipart/form-data; boundary=${boundary}`
  const head = (name: string, file: boolean) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="f"' : ''}\r\n\r\n`
  const content = `\r\n--${boundary.slice(0, -1)}\r\n\r\n--b\r`
  const body = Buffer.from(
    `${head('path', false)}/ä\r\n${head('contents', true)}${content}\r\n--${boundary}--\r\n`,
  )
  async function* chunksOf(bytes: Buffer, size: number) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

  it.each([1, 2, 3, 7, 50, 1000])('goes to disk as it arrives, %i bytes at a time', async (size) => {
    const fields = await spoolMultipart(chunksOf(body, size), type, state, 10_000)
    const file = fields['contents']
    if (!(file instanceof Spooled)) throw new Error('it is not on disk')
    expect(readFileSync(file.path, 'utf8')).toBe(content)
    expect(fields).toEqual({ path: '/ä', contents: file })
  })

  it.each([
    ['ends early', body.subarray(0, -10), 10_000, 400],
    ['is none', Buffer.from('hello'), 10_000, 400],
    [
      'has a part without a name',
      Buffer.from(`--${boundary}\r\nX: y\r\n\r\nz\r\n--${boundary}--`),
      10_000,
      400,
    ],
    ['is too large', body, 100, 413],
  ])('that %s is refused and leaves nothing', async (_, bytes, most, status) => {
    const read = spoolMultipart(chunksOf(Buffer.from(bytes), 8), type, state, most)
    await expect(read).rejects.toMatchObject({ status })
    expect(readdirSync(state)).toEqual([])
  })

  it.runIf(existsSync('/proc/self/fd'))('whose client goes away keeps no file open', async () => {
    const open = () => readdirSync('/proc/self/fd').length
    async function* broken() {
      yield body.subarray(0, body.length - 20)
      throw new Error('gone')
    }
    const before = open()
    for (let count = 0; count < 20; count += 1)
      await expect(spoolMultipart(broken(), type, state, 10_000)).rejects.toThrow('gone')
    expect(open() - before).toBeLessThan(10)
  })

  it('of 40 MB arrives whole over the network, and is refused elsewhere', async () => {
    const { emulator } = opened()
    const { url, close } = await emulator.listen()
    const send = async (path: string, part: string) => {
      const form = new FormData()
      form.set('path', '/big')
      form.set(part, new Blob([new Uint8Array(40 * 1024 * 1024).fill(7)]), 'f')
      const headers = { authorization: `Bearer ${emulator.token}` }
      return (await fetch(`${url}${path}`, { method: 'POST', headers, body: form })).status
    }
    expect(await send('/api/2.0/dbfs/put', 'contents')).toBe(200)
    const stored = readFileSync(join(state, 'dbfs', 'big'))
    expect([stored.length, stored.every((byte) => byte === 7)]).toEqual([40 * 1024 * 1024, true])
    expect(readdirSync(join(state, 'dbfs-uploads'))).toEqual([])
    expect(await send('/api/2.0/dbfs/put', 'contents')).toBe(400)
    expect(existsSync(join(state, 'dbfs-uploads')) && readdirSync(join(state, 'dbfs-uploads'))).toEqual([])
    await close()
    await emulator.close()
  })
})
