import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createPacker, packSource } from '../../src/ledger/packs.ts'
import { readHistory, readLedger } from '../../src/ledger/read.ts'
import {
  decodeRecord,
  encodeRecord,
  numberOf,
  recordPath,
  type DeploymentRecord,
} from '../../src/ledger/record.ts'
import type { RecordedFile } from '../../src/plan/state.ts'
import { failureOf } from '../http/support.ts'
import { folder, journal, open, owner, place, type Ledger } from './support.ts'

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const fileOf = (path: string, bytes: Uint8Array, number = 1): RecordedFile => ({
  path,
  type: 'FILE',
  format: 'RAW',
  digest: digestOf(bytes),
  size: bytes.length,
  in: number,
})

/** A finished deployment that has brought these contents. */
const deploy = async (ledger: Ledger, number: number, contents: readonly Uint8Array[]) => {
  const claim = await ledger.begin('ada', number)
  const packer = createPacker(ledger.client, place, number)
  await Promise.all(contents.map((bytes) => packer.add(digestOf(bytes), bytes)))
  const pack = await packer.finish()
  await claim.close({ status: 'done', state: { clusters: {} }, pack })
  return pack
}

const text = (value: string): Uint8Array => Buffer.from(value)

describe('packs', () => {
  it('few bytes travel in the record and cost no request', async () => {
    const ledger = open()
    const pack = await deploy(ledger, 1, [text('one'), text('two')])
    expect(pack.files).toEqual([])
    expect(pack.inline).toBeTypeOf('string')
  })

  it('nothing needs no pack', async () => {
    expect(await deploy(open(), 1, [])).toEqual({ files: [] })
  })

  it('the same bytes are kept once', async () => {
    const ledger = open()
    const big = randomBytes(3 * 1024 * 1024)
    const pack = await deploy(ledger, 1, [big, big, big, big])
    expect(pack.files).toHaveLength(1)
  })

  it('many bytes go up in several files beside the record, and come back whole', async () => {
    const ledger = open()
    const contents = Array.from({ length: 6 }, () => randomBytes(2 * 1024 * 1024))
    const pack = await deploy(ledger, 1, [...contents, text('small')])
    expect(pack.files).toHaveLength(3)
    expect(pack.inline).toBeTypeOf('string')
    const files = [...contents, text('small')].map((bytes, index) => fileOf(`f${index}`, bytes))
    const read = packSource(ledger.client, place, files)
    const back = await Promise.all(files.map((file) => read(file)))
    expect(back.map(digestOf)).toEqual(files.map(({ digest }) => digest))
    // Packs are no records.
    expect((await readHistory(ledger.client, place, 9)).map(({ number }) => number)).toEqual([1])
  })

  it('bytes of several deployments come from where each was brought, with one read of each', async () => {
    const ledger = open()
    await deploy(ledger, 1, [text('old'), text('kept')])
    await deploy(ledger, 2, [text('new')])
    const files = [fileOf('a', text('kept'), 1), fileOf('b', text('new'), 2), fileOf('c', text('old'), 1)]
    const before = await ledger.count()
    const read = packSource(ledger.client, place, files)
    const back = await Promise.all(files.map((file) => read(file)))
    expect(back.map((bytes) => Buffer.from(bytes).toString())).toEqual(['kept', 'new', 'old'])
    expect((await ledger.count()) - before).toBe(2)
  })

  it('binary and empty contents survive', async () => {
    const ledger = open()
    const contents = [new Uint8Array([0, 255, 13, 10]), new Uint8Array()]
    await deploy(ledger, 1, contents)
    const files = contents.map((bytes, index) => fileOf(`f${index}`, bytes))
    const read = packSource(ledger.client, place, files)
    expect((await Promise.all(files.map((file) => read(file)))).map((bytes) => [...bytes])).toEqual([
      [0, 255, 13, 10],
      [],
    ])
  })

  it('what was removed by hand is named', async () => {
    const ledger = open()
    const big = randomBytes(1024 * 1024)
    const pack = await deploy(ledger, 1, [big])
    const file = fileOf('big.bin', big)
    await ledger.client.workspace.delete({ path: `${folder}/${pack.files[0]}` })
    const gone = await failureOf(packSource(ledger.client, place, [file])(file))
    expect(gone).toMatchObject({ code: 'LEDGER_UNREADABLE', exit: 4 })
    const other = fileOf('other.txt', text('never brought'))
    expect((await failureOf(packSource(ledger.client, place, [other])(other))).code).toBe('LEDGER_UNREADABLE')
  })
})

const record = (fields: Partial<DeploymentRecord> = {}): DeploymentRecord => ({
  version: 1,
  number: 7,
  status: 'done',
  command: 'deploy',
  owner: owner('ada'),
  startedAt: '2026-11-21T12:00:00.000Z',
  beatAt: '2026-11-21T12:00:00.000Z',
  ttlSeconds: 180,
  summary: ['create cluster Main'],
  touches: ['a.txt'],
  ...fields,
})

const withFiles = (count: number): DeploymentRecord => {
  const files = Array.from({ length: count }, (_, index) => fileOf(`lib/ü-${index}.txt`, text(`${index}`)))
  return record({ state: { clusters: {}, files: { root: '/Shared/P', files } } })
}

describe('the record', () => {
  it.each([0, 1, 2000, 2001, 3000])('comes back as it was, with %i files', (count) => {
    const given = withFiles(count)
    expect(decodeRecord('p', encodeRecord(given))).toEqual(given)
  })

  it('can be read by people while it is small, and stays small when there are many files', () => {
    expect(Buffer.from(encodeRecord(withFiles(3))).toString()).toContain('"path": "lib/ü-2.txt"')
    expect(encodeRecord(withFiles(10_000)).length).toBeLessThan(2 * 1024 * 1024)
  })

  it('keeps int64 in what it records', () => {
    const spec = { some_id: 9_007_199_254_740_993n }
    const given = record({
      state: { clusters: { Main: { id: 'x', spec, libraries: [], strategy: 'auto' } } },
    })
    expect(decodeRecord('p', encodeRecord(given))).toEqual(given)
  })

  it('does not change what it writes', () => {
    const given = withFiles(2500)
    const copy = structuredClone(given)
    encodeRecord(given)
    expect(given).toEqual(copy)
  })

  it.each([
    ['half of it', '{"version": 1, "num'],
    ['another version', '{"version": 2}'],
    ['no record', '[]'],
    ['null', 'null'],
    ['nothing', ''],
    ['files that are none', '{"version": 1, "state": {"files": {"files": {"gzip": "!"}}}}'],
  ])('%s is refused with its path', async (_name, content) => {
    const ledger = open()
    await ledger.client.workspace.mkdirs({ path: folder })
    const path = `${folder}/000001.json`
    await ledger.client.workspace.upload({ path, format: 'RAW', content: text(content) })
    const failure = await failureOf(readLedger(ledger.client, place))
    expect(failure).toMatchObject({ code: 'LEDGER_UNREADABLE', exit: 4 })
    expect(failure.message).toContain(path)
  })

  it.each([
    ['/x/000001.json', 1],
    ['/x/1234567.json', 1_234_567],
    ['/x/000001-1.pack.gz', undefined],
    ['/x/note.json', undefined],
    ['/x/12.json', undefined],
  ])('%s has the number %s', (path, number) => {
    expect(numberOf(path)).toBe(number)
    expect(numberOf(recordPath(journal, number ?? 1))).toBe(number ?? 1)
  })
})
