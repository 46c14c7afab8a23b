import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { openLog, tailOf, wholeCharacters } from '../../src/compute/log-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'brickrail-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('whole characters', () => {
  const bytes = Buffer.from('aé€🚄z')
  it.each([
    [0, 11, 'aé€🚄z'],
    [2, 11, '€🚄z'],
    [4, 11, '🚄z'],
    [7, 11, 'z'],
    [0, 9, 'aé€'],
    [0, 7, 'aé€'],
    [0, 5, 'aé'],
    [0, 2, 'a'],
    [4, 6, ''],
    [0, 0, ''],
  ])('of the bytes %i to %i are %j', (from, to, expected) => {
    expect(wholeCharacters(bytes.subarray(from, to))).toBe(expected)
  })
})

describe('a log', () => {
  it('takes streams to their ends, and shows its last bytes', async () => {
    const path = join(folder, 'log.txt')
    const log = await openLog(path, ['secret'])
    const pieces = [Buffer.from('one se'), Buffer.from('cret two')]
    await log.drain(Readable.from(pieces, { objectMode: false }))
    await log.drain(Readable.from([Buffer.from(' three')], { objectMode: false }))
    await log.close()
    expect(log.lost()).toBeUndefined()
    expect(tailOf(path, 100)).toEqual({ text: 'one [REDACTED] two three', truncated: false })
    expect(tailOf(path, 5)).toEqual({ text: 'three', truncated: true })
    expect(tailOf(path, 0)).toEqual({ text: '', truncated: true })
  })

  it('ends with what a stream gave before it was destroyed', async () => {
    const path = join(folder, 'given-up.txt')
    const log = await openLog(path, [])
    const stream = new Readable({ read: () => undefined })
    stream.push('before')
    setTimeout(() => stream.destroy(), 20)
    await log.drain(stream)
    await log.close()
    expect(tailOf(path, 100).text).toBe('before')
  })

  it('that is not there is empty', () => {
    expect(tailOf(join(folder, 'none.txt'), 10)).toEqual({ text: '', truncated: false })
    writeFileSync(join(folder, 'empty.txt'), '')
    expect(tailOf(join(folder, 'empty.txt'), 10)).toEqual({ text: '', truncated: false })
  })
})
