import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArtifactPath } from '../../src/emulator/artifact/paths.ts'
import { placeOfUri } from '../../src/emulator/artifact/storage.ts'
import { ucLocation } from '../../src/emulator/artifact/uc-storage.ts'
import { workspaceAt } from './workspace-at.ts'

let state = ''
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'brickrail-artifacts-'))
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const proxy = '/mlflow/api/2.0/mlflow-artifacts/artifacts'
const left = (): string[] => {
  const folder = join(state, 'dbfs-uploads')
  return existsSync(folder) ? readdirSync(folder) : []
}

describe('paths', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['a//b/./c/', 'a/b/c'],
    ['...', '...'],
    ['50%', '50%'],
    ['a..b/ä ö', 'a..b/ä ö'],
  ])('%j is %j', (given, path) => expect(readArtifactPath(given)).toBe(path))

  it.each(['..', 'a/../b', 'a\\..\\b', '%2e%2e/x', '%252e%252e%252fx', '/etc/passwd', '\\x', 'C:/x', 'a\0b'])(
    '%j is refused',
    (given) => expect(() => readArtifactPath(given)).toThrow('Invalid path'),
  )

  it.each([
    ['dbfs:/databricks/mlflow-tracking/7/r/artifacts', 'tracking', '7/r/artifacts'],
    ['dbfs:/databricks/mlflow-trackings/x', 'dbfs', 'databricks/mlflow-trackings/x'],
    ['dbfs:/lake/x', 'dbfs', 'lake/x'],
    ['mlflow-artifacts:/7/r/artifacts', 'mlflow', '7/r/artifacts'],
    ['mlflow-artifacts://host:5000/7/r', 'mlflow', '7/r'],
    [ucLocation('main.risk.price', 3), 'models', 'main/risk/price/3'],
  ])('%s is in %s', (uri, store, path) => expect(placeOfUri(uri)).toEqual({ store, path }))

  it.each(['s3://bucket/x', 'file:///etc', '/etc', 'dbfs:/databricks/mlflow-tracking/../x'])(
    '%s is no place here',
    (uri) => expect(() => placeOfUri(uri)).toThrow(/not in the embedded workspace|Invalid path/),
  )
})

describe('the proxy of the MLflow server', () => {
  it('keeps files, whole, over a restart and until a reset', async () => {
    const first = workspaceAt({ state })
    const bytes = new Uint8Array(20 * 1024 * 1024).fill(7)
    await first.ok('PUT', `${proxy}/7/r/artifacts/model/big%20ä.bin`, bytes)
    expect(left()).toEqual([])
    await first.emulator.close()
    const { ok, ask, emulator } = workspaceAt({ state })
    const got = await ok('GET', `${proxy}/7/r/artifacts/model/big%20ä.bin`)
    expect(Buffer.compare(got.body, Buffer.from(bytes))).toBe(0)
    expect(got.headers.get('content-disposition')).toMatch(/^attachment;/)
    expect(got.headers.get('x-content-type-options')).toBe('nosniff')
    await ask('POST', '/_emulator/reset')
    expect((await ask('GET', `${proxy}/7/r/artifacts/model/big%20ä.bin`)).status).toBe(404)
    await emulator.close()
  })

  it('lists bare names, sizes but for 0, and nothing of what is missing', async () => {
    const { ok, emulator } = workspaceAt({ state })
    await ok('PUT', `${proxy}/r/b.txt`, 'abc')
    await ok('PUT', `${proxy}/r/empty`, '')
    await ok('PUT', `${proxy}/r/a/deep.txt`, 'x')
    const list = async (path: string) => (await ok('GET', `${proxy}?path=${path}`)).body
    expect(await list('r')).toEqual({
      files: [
        { path: 'a', is_dir: true },
        { path: 'b.txt', is_dir: false, file_size: 3 },
        { path: 'empty', is_dir: false },
      ],
    })
    expect([await list('r/b.txt'), await list('none')]).toEqual([{}, {}])
    await ok('DELETE', `${proxy}/r/a`)
    await ok('DELETE', `${proxy}/r/a`)
    expect((await list('r')).files).toHaveLength(2)
    await emulator.close()
  })

  it.each([
    ['PUT', `${proxy}/..%2f..%2fx`],
    ['PUT', `${proxy}/a/%252e%252e/x`],
    ['GET', `${proxy}/%5c..%5cx`],
    ['GET', `${proxy}?path=../x`],
    ['DELETE', `${proxy}/a%2f..%2f..`],
  ])('%s %s: 400', async (method, path) => {
    const { ask, emulator } = workspaceAt({ state })
    const { status, body } = await ask(method, path, method === 'PUT' ? 'x' : undefined)
    expect([status, body.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
    expect(left()).toEqual([])
    await emulator.close()
  })

  it('makes no folder of a file, no file of a folder, and follows no link', async () => {
    const { ok, ask, emulator } = workspaceAt({ state })
    await ok('PUT', `${proxy}/r/file`, 'x')
    symlinkSync(tmpdir(), join(state, 'artifacts', 'mlflow', 'out'))
    for (const path of ['r/file/below', 'r', 'out/x'])
      expect([path, (await ask('PUT', `${proxy}/${path}`, 'y')).status]).toEqual([path, 400])
    expect((await ok('GET', `${proxy}?path=`)).body.files).toEqual([{ path: 'r', is_dir: true }])
    expect(left()).toEqual([])
    await emulator.close()
  })

  it('asks for the token, and is not at the root', async () => {
    const { ask, emulator } = workspaceAt({ state })
    expect((await ask('PUT', `${proxy}/r/file`, 'x', '')).status).toBe(401)
    expect((await ask('PUT', `${proxy.slice('/mlflow'.length)}/r/file`, 'x')).status).not.toBe(200)
    expect(existsSync(join(state, 'artifacts', 'mlflow'))).toBe(false)
    await emulator.close()
  })
})

describe('files of models in Unity Catalog', () => {
  const path = '/Models/main/risk/price/3/MLmodel'
  const opened = async () => {
    const workspace = workspaceAt({ state })
    const models = '/api/2.0/mlflow/unity-catalog/registered-models/create'
    await workspace.ok('POST', models, { name: 'main.risk.price' })
    const signed = async (way: 'upload' | 'download'): Promise<string> => {
      const { body } = await workspace.ok('POST', `/api/2.0/fs/create-${way}-url`, { path })
      return body.url.replace('https://adb-1.azuredatabricks.net', '')
    }
    return { ...workspace, signed }
  }

  it('go through signed URLs, without a token', async () => {
    const { ok, ask, signed, emulator } = await opened()
    expect((await ask('POST', '/api/2.0/fs/create-download-url', { path })).body.error_code).toBe('NOT_FOUND')
    const put = await ask('PUT', await signed('upload'), 'flavors: {}', '')
    expect([put.status, put.headers.get('etag')]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/)])
    expect(String((await ask('GET', await signed('download'), undefined, '')).body)).toBe('flavors: {}')
    expect((await ok('GET', '/api/2.0/fs/directories/Models/main/risk/price/3')).body.contents).toEqual([
      { path, name: 'MLmodel', is_directory: false, file_size: 11, last_modified: expect.any(Number) },
    ])
    const missing = await ask('GET', '/api/2.0/fs/directories/Models/main/risk/price/4')
    expect([missing.status, missing.body.error_code]).toEqual([404, 'NOT_FOUND'])
    await emulator.close()
  })

  it('a signature is for one file, one way and a quarter of an hour', async () => {
    const { ask, signed, emulator } = await opened()
    const url = await signed('upload')
    const refusals = [
      await ask('GET', url, undefined, ''),
      await ask('PUT', url.replace('MLmodel', 'other'), 'x', ''),
      await ask('PUT', url.replace('/models/', '/tracking/'), 'x', ''),
      await ask('PUT', url.replace(/expires=\d/, 'expires=9'), 'x', ''),
      await ask('PUT', url.replace(/signature=.*/, 'signature=00'), 'x', ''),
    ]
    await ask('POST', '/_emulator/clock', { advance_ms: 15 * 60_000 })
    refusals.push(await ask('PUT', url, 'x', ''))
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403])
    expect(existsSync(join(state, 'artifacts', 'models'))).toBe(false)
    await emulator.close()
  })

  it('the Files API takes them too, in ranges on the way back', async () => {
    const { ok, ask, emulator } = await opened()
    const url = `/api/2.0/fs/files${path}`
    await ok('PUT', url, '0123456789')
    expect((await ask('PUT', url, 'x')).body.error_code).toBe('ALREADY_EXISTS')
    await ok('PUT', `${url}?overwrite=true`, 'abcdefghij')
    const range = async (bytes: string) => {
      const headers = { authorization: `Bearer ${emulator.token}`, range: bytes }
      const answer = await emulator.fetch(`http://w${url}`, { headers })
      return [answer.status, await answer.text(), answer.headers.get('content-range')]
    }
    expect([
      await range('bytes=2-4'),
      await range('bytes=-3'),
      await range('bytes=8-'),
      await range('bytes=10-'),
    ]).toEqual([
      [206, 'cde', 'bytes 2-4/10'],
      [206, 'hij', 'bytes 7-9/10'],
      [206, 'ij', 'bytes 8-9/10'],
      [416, '', 'bytes */10'],
    ])
    const head = await ok('HEAD', url)
    expect([head.headers.get('content-length'), head.body.length]).toEqual(['10', 0])
    await ok('DELETE', url)
    expect((await ask('GET', url)).body.error_code).toBe('NOT_FOUND')
    expect((await ask('GET', '/api/2.0/fs/directories/Volumes/main')).status).toBe(501)
    await emulator.close()
  })

  it('are those of the model’s owner, and of a model that is there', async () => {
    const { ok, ask, signed, emulator } = await opened()
    await ask('PUT', await signed('upload'), 'mine', '')
    await ok('POST', '/_emulator/principals', { user: 'eve@x', token: 'eve' })
    const asEve = async (method: string, url: string, body?: unknown) =>
      (await ask(method, url, body, 'eve')).status
    const url = `/api/2.0/fs/files${path}`
    const there = await asEve('POST', '/api/2.0/fs/create-upload-url', { path })
    expect([there, await asEve('PUT', `${url}?overwrite=true`, 'hers'), await asEve('DELETE', url)]).toEqual([
      403, 403, 403,
    ])
    expect([await asEve('GET', url), String((await ok('GET', url)).body)]).toEqual([200, 'mine'])
    const other = '/Models/main/risk/none/1/MLmodel'
    expect((await ask('POST', '/api/2.0/fs/create-upload-url', { path: other })).status).toBe(404)
    expect((await ask('PUT', '/api/2.0/fs/files/Models/main/x', 'y')).status).toBe(400)
    expect(left()).toEqual([])
    await emulator.close()
  })

  it('the client is told to use signed URLs', async () => {
    const { ok, emulator } = await opened()
    const flag = 'is-databricks-sdk-models-artifact-repository-enabled'
    const { body } = await ok('GET', `/api/2.0/mlflow/unity-catalog/registered-models:${flag}`)
    expect(body).toEqual({ [flag.replaceAll('-', '_')]: false })
    await emulator.close()
  })
})
