import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { defaultPolicy } from '../../src/http/retry.ts'
import { answering, clientOf, failureOf, json } from '../http/support.ts'

const policy = { ...defaultPolicy, throttledAttempts: 1 }

const partial = json({ error_code: 'PARTIAL_DELETE', message: 'deleted 5000 files' }, 503)

describe('deleteAll', () => {
  it('asks again as long as the workspace deletes a part', async () => {
    const state = mkdtempSync(join(tmpdir(), 'brickrail-dbfs-client-'))
    const emulator = createEmulator({ clock: 'instant', state })
    onTestFinished(async () => {
      await emulator.close()
      rmSync(state, { recursive: true })
    })
    const folder = join(state, 'dbfs', 'big')
    mkdirSync(folder, { recursive: true })
    for (let index = 0; index < 5001; index += 1) writeFileSync(join(folder, `${index}`), '')
    const tokens = { method: 'pat', renewable: false, get: async () => emulator.token }
    const { dbfs } = clientOf(emulator.fetch, { tokens, policy })
    expect((await failureOf(dbfs.delete({ path: '/big', recursive: true }))).message).toContain(
      'PARTIAL_DELETE',
    )
    writeFileSync(join(folder, 'more'), '')
    await dbfs.deleteAll('/big')
    expect(await dbfs.find('/big')).toBeUndefined()
  })

  it('repeats only that', async () => {
    const fetch = answering(partial, partial, json({ error_code: 'IO_ERROR', message: 'no' }, 400))
    expect((await failureOf(clientOf(fetch, { policy }).dbfs.deleteAll('/a'))).message).toContain('IO_ERROR')
    expect(fetch.calls).toHaveLength(3)
    expect(await fetch.calls[0]?.json()).toEqual({ path: '/a', recursive: true })
  })
})

describe('readAll', () => {
  it('reads until there is nothing more, however little comes at a time', async () => {
    const block = (text: string) =>
      json({ bytes_read: text.length, data: Buffer.from(text).toString('base64') })
    const fetch = answering(block('ab'), block('c'), block(''))
    expect(Buffer.from((await clientOf(fetch).dbfs.readAll('/a')) ?? '').toString()).toBe('abc')
    expect(fetch.calls.map(({ url }) => new URL(url).searchParams.get('offset'))).toEqual(['0', '2', '3'])
  })
})
