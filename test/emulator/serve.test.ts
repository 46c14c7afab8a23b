import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { base64, runningCluster, spec, workspaceAt } from './workspace-at.ts'

let state = ''
const children: ChildProcess[] = []
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'brickrail-emulator-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(state, { recursive: true, force: true })
})

/** An emulator in a process of its own, on that state folder. */
const serve = async (): Promise<{ url: string; child: ChildProcess }> => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.resolve('./serve.ts')), state],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()))
    child.once('exit', (code) => reject(new Error(`the emulator ended with ${code}`)))
  })
  return { url, child }
}
const headers = { authorization: 'Bearer dapi-embedded-workspace' }
const post = (url: string, path: string, body: unknown) =>
  fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
const clusters = async (url: string) =>
  (
    (await (await fetch(`${url}/api/2.0/clusters/list`, { headers })).json()) as {
      clusters?: { state: string }[]
    }
  ).clusters ?? []

describe('a served workspace', () => {
  it('refuses web pages, whatever name led them here', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    const send = async (extra: Record<string, string>) => {
      const init = { method: 'POST', headers: { ...headers, ...extra }, body: '{}' }
      return (await fetch(`${url}/_emulator/reset`, init)).status
    }
    expect([await send({ origin: 'http://evil.example' }), await send({ origin: 'null' })]).toEqual([
      403, 403,
    ])
    expect(await send({})).toBe(200)
    await close()
    await emulator.close()
  })
})

describe('state', () => {
  it.skipIf(process.platform === 'win32')('is for its user only', async () => {
    const made = join(state, 'new', 'state')
    await createEmulator({ state: made }).close()
    expect(statSync(made).mode & 0o077).toBe(0)
  })

  it('survives close and reopen: clusters in their states, libraries, files, rights, clock and tokens', async () => {
    const first = workspaceAt({ state })
    const id = await runningCluster(first.ok, { spark_conf: { a: '1' } })
    await first.ok('POST', '/api/2.1/clusters/edit', { ...spec, cluster_id: id })
    await first.ok('POST', '/api/2.0/libraries/install', {
      cluster_id: id,
      libraries: [{ pypi: { package: 'a' } }],
    })
    await first.ok('POST', '/api/2.0/workspace/import', {
      path: '/Shared/f.txt',
      format: 'AUTO',
      content: base64('kept'),
    })
    await first.ok('POST', '/_emulator/principals', { user: 'a@example.com', token: 'dapi-a' })
    await first.ok('PATCH', `/api/2.0/permissions/clusters/${id}`, {
      access_control_list: [{ user_name: 'a@example.com', permission_level: 'CAN_RESTART' }],
    })
    await first.ok('POST', '/_emulator/clock', { advance_ms: 86_400_000 })
    const before = (await first.ok('GET', '/_emulator/clock')).body.now
    await first.emulator.close()
    await first.emulator.close()

    const { ok, ask, emulator } = workspaceAt({ state, token: 'dapi-new' })
    const get = () => ok('GET', `/api/2.1/clusters/get?cluster_id=${id}`, undefined, 'dapi-a')
    expect((await get()).body.state).toBe('RESTARTING')
    expect((await get()).body.state).toBe('RUNNING')
    expect(
      (await ok('GET', `/api/2.0/libraries/cluster-status?cluster_id=${id}`)).body.library_statuses,
    ).toHaveLength(1)
    expect(
      (await ok('GET', '/api/2.0/workspace/export?path=/Shared/f.txt&direct_download=true')).body.toString(),
    ).toBe('kept')
    expect((await ok('GET', '/_emulator/clock')).body.now).toBeGreaterThanOrEqual(before)
    expect((await ask('GET', '/api/2.1/clusters/list', undefined, 'dapi-embedded-workspace')).status).toBe(
      401,
    )
    await emulator.close()
  })

  it('is shared by two emulators on one folder', async () => {
    const [a, b] = [workspaceAt({ state }), workspaceAt({ state })]
    await a.ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/a' })
    await b.ok('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/b' })
    expect((await a.ok('GET', '/api/2.0/workspace/list?path=/Shared')).body.objects).toHaveLength(2)
    await a.ok('POST', '/_emulator/clock', { advance_ms: 5000 })
    expect((await b.ok('GET', '/_emulator/clock')).body.offset_ms).toBe(5000)
    await a.emulator.close()
    await b.emulator.close()
  })

  it('survives kill -9 under load: what was answered is there', async () => {
    const { url, child } = await serve()
    await post(url, '/api/2.1/clusters/create', spec)
    await clusters(url)
    const answered: string[] = []
    const ended = new Promise((resolve) => child.once('exit', resolve))
    for (let index = 0; ; index += 1) {
      const path = `/Shared/f${index}.txt`
      const response = await post(url, '/api/2.0/workspace/import', {
        path,
        format: 'AUTO',
        content: base64(path),
      }).catch(() => undefined)
      if (response?.ok !== true) break
      answered.push(path)
      if (index === 20) setImmediate(() => child.kill('SIGKILL'))
    }
    await ended
    const { ok, emulator } = workspaceAt({ state })
    for (const path of answered)
      expect(
        (await ok('GET', `/api/2.0/workspace/export?path=${path}&direct_download=true`)).body.toString(),
      ).toBe(path)
    expect(answered.length).toBeGreaterThan(20)
    expect((await ok('GET', '/api/2.1/clusters/list')).body.clusters).toMatchObject([{ state: 'RUNNING' }])
    await emulator.close()
  })

  it('takes writes of two processes at once', async () => {
    const servers = [await serve(), await serve()]
    const count = 60
    const writes = servers.flatMap(({ url }, server) =>
      Array.from({ length: count }, (_, index) =>
        post(url, '/api/2.0/workspace/import', {
          path: `/Shared/s${server}-${index}`,
          format: 'AUTO',
          content: '',
        }),
      ),
    )
    const statuses = (await Promise.all(writes)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    const { ok, emulator } = workspaceAt({ state })
    const { objects } = (await ok('GET', '/api/2.0/workspace/list?path=/Shared')).body
    expect(objects).toHaveLength(2 * count)
    expect(new Set(objects.map((object: { object_id: bigint }) => object.object_id)).size).toBe(2 * count)
    expect(new Set(objects.map((object: { modified_at: number }) => object.modified_at)).size).toBe(2 * count)
    await emulator.close()
  })
})

/** One raw request; resolves with everything until the other side closes. */
const raw = (url: string, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.on('error', () => resolve(answer))
    socket.on('close', () => resolve(answer))
  })

describe('listen', () => {
  it('serves 127.0.0.1, on the port asked for, and closes with open connections', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await clusters(url)).toEqual([])
    await expect(emulator.listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await close()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    await emulator.close()
  })

  it('answers absolute request targets, as a proxy gets them from the old CLI', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    const body = '{"path": "/Shared/proxied/"}'
    const text = await raw(
      url,
      `POST http://databricks.example.com/api/2.0/workspace/mkdirs HTTP/1.1\r\nHost: databricks.example.com\r\nAuthorization: Bearer ${emulator.token}\r\nContent-Type: text/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toMatch(/content-type: application\/json/i)
    expect(text).toMatch(/\{\}/)
    const list = await raw(
      url,
      `GET http://127.0.0.1/api/2.0/workspace/list?path=%2FShared HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${emulator.token}\r\nContent-Type: text/json\r\nConnection: close\r\n\r\n`,
    )
    expect(list).toMatch(/"path":"\/Shared\/proxied"/)
    await close()
    await emulator.close()
  })

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('tears the socket %s the effect', async (drop, made) => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    await fetch(`${url}/_emulator/faults`, {
      method: 'POST',
      body: JSON.stringify({ drop, path: '/api/2.1/clusters/create' }),
    })
    await expect(post(url, '/api/2.1/clusters/create', spec)).rejects.toMatchObject({
      message: 'fetch failed',
    })
    expect(await clusters(url)).toHaveLength(made)
    await close()
    await emulator.close()
  })

  it('takes the multipart form of other clients', async () => {
    const emulator = createEmulator()
    const { url, close } = await emulator.listen()
    const form = new FormData()
    form.append('path', '/Shared/ü.bin')
    form.append('format', 'RAW')
    form.append('content', new Blob([Uint8Array.from([0, 13, 10, 45, 45, 255])]), 'content')
    expect(
      (await fetch(`${url}/api/2.0/workspace/import`, { method: 'POST', headers, body: form })).status,
    ).toBe(200)
    const back = await fetch(
      `${url}/api/2.0/workspace/export?path=${encodeURIComponent('/Shared/ü.bin')}&direct_download=true`,
      { headers },
    )
    expect([...new Uint8Array(await back.arrayBuffer())]).toEqual([0, 13, 10, 45, 45, 255])
    await close()
    await emulator.close()
  })
})
