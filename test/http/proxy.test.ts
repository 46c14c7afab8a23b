import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { throughProxy } from '../../src/http/proxy.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'

/** A CONNECT proxy that sends every tunnel to one port of this machine. */
const startProxy = async (port: number) => {
  const tunnels: string[] = []
  const server = createServer()
  server.on('connect', (request, client) => {
    tunnels.push(request.url ?? '')
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, tunnels, close: () => server.close() }
}

const emulator = createEmulator({ clock: 'instant' })
const served = await emulator.listen()
const proxy = await startProxy(Number(new URL(served.url).port))
afterAll(async () => {
  proxy.close()
  await served.close()
  await emulator.close()
})

const authorized = { headers: { authorization: `Bearer ${emulator.token}` } }

describe('throughProxy', () => {
  it('is the given fetch when no proxy is named', () => {
    expect(throughProxy(globalThis.fetch, {})).toBe(globalThis.fetch)
  })

  it('sends a host that does not resolve through the proxy, multipart bodies included', async () => {
    const fetch = throughProxy(globalThis.fetch, { HTTP_PROXY: proxy.url })
    const form = new FormData()
    form.append('path', '/Shared/through-proxy.txt')
    form.append('format', 'RAW')
    form.append('content', new Blob(['a,b\n']), 'content')
    const url = 'http://workspace.test/api/2.0/workspace/import'
    const imported = await fetch(url, { method: 'POST', body: form, ...authorized })
    expect([imported.status, await imported.json()]).toEqual([200, {}])
    expect(proxy.tunnels).toContain('workspace.test:80')
    const there = await emulator.fetch(
      'http://x/api/2.0/workspace/get-status?path=/Shared/through-proxy.txt',
      authorized,
    )
    expect(await there.json()).toMatchObject({ object_type: 'FILE', size: 4 })
  })

  it('goes straight to the hosts of NO_PROXY', async () => {
    const before = proxy.tunnels.length
    const fetch = throughProxy(globalThis.fetch, {
      https_proxy: proxy.url,
      http_proxy: proxy.url,
      NO_PROXY: '127.0.0.1',
    })
    const response = await fetch(`${served.url}/api/2.0/preview/scim/v2/Me`, authorized)
    expect(response.status).toBe(200)
    await response.body?.cancel()
    expect(proxy.tunnels.length).toBe(before)
  })
})
