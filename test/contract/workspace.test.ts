import { describe, expect, it } from 'vitest'
import { hasCode, isMissing } from '../../src/http/api-error.ts'
import type { ObjectInfo } from '../../src/wire/workspace.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { lines, open, refused } from './subject.ts'

const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
const string = (content: Uint8Array | undefined): string => Buffer.from(content ?? []).toString()
const names = (objects: readonly ObjectInfo[] | undefined): string[] | undefined =>
  objects?.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)).toSorted()

/** They end without a newline: no source says whether the service keeps one. */
const notebooks = [
  ['PYTHON', 'py', '# Databricks notebook source\nprint("größe")'],
  ['SQL', 'sql', '-- Databricks notebook source\nSELECT 1'],
  ['SCALA', 'scala', '// Databricks notebook source\nprintln(1)'],
  ['R', 'r', '# Databricks notebook source\nprint(1)'],
] as const
const [[, , python]] = notebooks

const jupyter = JSON.stringify({
  cells: [{ cell_type: 'code', metadata: {}, source: ['1 + 1'], outputs: [], execution_count: null }],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 0,
})

const subjects = await Promise.all(lines.map((line) => open(line)))

describe.each(subjects)('workspace by $line', (subject) => {
  const { workspace } = subject.client
  const put = async (path: string, content: string, overwrite = true): Promise<void> =>
    void (await workspace.upload({ path, content: bytes(content), format: 'AUTO', overwrite }))

  describe('import and export', () => {
    it.each(notebooks)('bring a %s notebook back, byte for byte', async (language, file_type, source) => {
      const path = await subject.path('notebook')
      await workspace.import({ path, content: base64(source), format: 'SOURCE', language })
      expect(await workspace.getStatus({ path })).toMatchObject({ path, object_type: 'NOTEBOOK', language })
      expect(await workspace.export({ path, format: 'SOURCE' })).toEqual({
        content: base64(source),
        file_type,
      })
    })

    it.each(notebooks)('know a %s notebook by its header, and drop .%s', async (language, ending, source) => {
      const path = await subject.path('notebook')
      await put(`${path}.${ending}`, source)
      expect(await workspace.getStatus({ path })).toMatchObject({ object_type: 'NOTEBOOK', language })
      expect(isMissing(await refused(workspace.getStatus({ path: `${path}.${ending}` })))).toBe(true)
      expect(string(await workspace.read(path))).toBe(source)
    })

    it('give a SOURCE notebook its header line', async () => {
      const path = await subject.path('notebook')
      await workspace.import({ path, content: base64('SELECT 1'), format: 'SOURCE', language: 'SQL' })
      const { content = '' } = await workspace.export({ path })
      expect(string(Buffer.from(content, 'base64'))).toBe('-- Databricks notebook source\nSELECT 1')
    })

    it('keep the cells of a Jupyter notebook', async () => {
      const path = await subject.path('notebook')
      await put(`${path}.ipynb`, jupyter)
      const { content = '' } = await workspace.export({ path, format: 'JUPYTER' })
      const { cells } = JSON.parse(string(Buffer.from(content, 'base64')))
      expect(cells).toMatchObject([{ cell_type: 'code', source: ['1 + 1'] }])
    })

    it.each(['all.bin', 'a b.dat', 'prix+50%.csv', 'größe&zahl=1.txt', 'q?#x.txt'])(
      'bring the file %s back with every byte',
      async (name) => {
        const path = await subject.path(name)
        const content = Uint8Array.from({ length: 1024 }, (_, index) => index % 256)
        await workspace.upload({ path, content, format: 'AUTO', overwrite: true })
        const info = await workspace.getStatus({ path })
        expect(info).toMatchObject({ path, object_type: 'FILE', size: 1024 })
        expect(info).not.toHaveProperty('language')
        const download = { path, direct_download: true, format: 'AUTO' } as const
        expect(Buffer.from(await workspace.download(download))).toEqual(Buffer.from(content))
      },
    )

    it('leave source code without the header a file, with its extension', async () => {
      const path = await subject.path('module.py')
      await put(path, 'x = 1\n')
      expect(await workspace.getStatus({ path })).toMatchObject({ path, object_type: 'FILE' })
      expect(string(await workspace.read(path))).toBe('x = 1\n')
    })

    it.each([
      ['SOURCE without a language', { format: 'SOURCE' }],
      ['a format in small letters', { format: 'source', language: 'PYTHON' }],
    ] as const)('refuse %s', async (_, over) => {
      const path = await subject.path('notebook')
      // The second one is what the types forbid and users write.
      const input = { path, content: base64('1'), ...over } as Parameters<typeof workspace.import>[0]
      expect(await refused(workspace.import(input))).toMatchObject({ status: 400 })
      expect(isMissing(await refused(workspace.getStatus({ path })))).toBe(true)
    })

    it('need a folder to be in', async () => {
      const refusal = await refused(put(`${await subject.path('missing')}/a.txt`, '1'))
      expect(refusal).toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' })
      expect(refusal.apiMessage).toContain('The parent folder')
    })

    it.skipIf(subject.line !== 'listen')('take 10 MB and not a byte more', async () => {
      const path = await subject.path('big.bin')
      const most = new Uint8Array(10_485_760)
      await workspace.upload({ path, content: most, format: 'AUTO', overwrite: true })
      const more = {
        path,
        content: new Uint8Array(most.length + 1),
        format: 'AUTO',
        overwrite: true,
      } as const
      expect(await refused(workspace.upload(more))).toMatchObject({
        status: 400,
        errorCode: 'MAX_NOTEBOOK_SIZE_EXCEEDED',
      })
      expect(await workspace.getStatus({ path })).toMatchObject({ size: most.length })
    })
  })

  describe('overwrite', () => {
    it('is not done unasked, whichever way it is not asked for', async () => {
      const path = await subject.path('a.txt')
      await put(path, '1')
      const content = bytes('2')
      const tries = [
        workspace.import({ path, content: base64(content), format: 'AUTO' }),
        workspace.import({ path, content: base64(content), format: 'AUTO', overwrite: false }),
        workspace.claim({ path, content, format: 'AUTO' }),
        workspace.claim({ path, content, format: 'AUTO', overwrite: false }),
      ]
      for (const refusal of await Promise.all(tries.map(refused)))
        expect(refusal).toMatchObject({ status: 400, errorCode: 'RESOURCE_ALREADY_EXISTS' })
      expect(string(await workspace.read(path))).toBe('1')
    })

    it('replaces the content and keeps the object', async () => {
      const path = await subject.path('a.txt')
      await put(path, '1')
      const before = await workspace.getStatus({ path })
      await put(path, '22')
      const after = await workspace.getStatus({ path })
      expect(after).toMatchObject({ object_id: before.object_id, created_at: before.created_at, size: 2 })
      expect(Number(after.modified_at)).toBeGreaterThanOrEqual(Number(before.modified_at))
    })

    it('does not make a notebook of a file', async () => {
      const path = await subject.path('a')
      await put(path, 'text')
      const notebook = { path, content: base64(python), format: 'SOURCE', language: 'PYTHON' } as const
      expect((await refused(workspace.import({ ...notebook, overwrite: true }))).status).toBe(400)
      expect(string(await workspace.read(path))).toBe('text')
    })

    it('lets one of several claims win', async () => {
      const path = await subject.path('lock')
      const claims = ['1', '2', '3'].map((who) =>
        workspace.claim({ path, content: bytes(who), format: 'AUTO' }).then(
          () => who,
          (error: unknown) => (hasCode(error, 'RESOURCE_ALREADY_EXISTS') ? undefined : Promise.reject(error)),
        ),
      )
      const won = (await Promise.all(claims)).filter((who) => who !== undefined)
      expect(won).toHaveLength(1)
      expect(string(await workspace.read(path))).toBe(won[0])
    })
  })

  describe('paths', () => {
    it('/Workspace/X and /X are one', async () => {
      const path = await subject.path('a.txt')
      await put(`/Workspace${path}`, '1')
      expect(string(await workspace.read(path))).toBe('1')
      const [plain, alias] = [
        await workspace.getStatus({ path }),
        await workspace.getStatus({ path: `/Workspace${path}` }),
      ]
      expect(alias.object_id).toBe(plain.object_id)
    })

    it('that are absent are a 404 by name', async () => {
      const path = await subject.path('none')
      for (const ask of [workspace.getStatus, workspace.list, workspace.export, workspace.delete]) {
        const refusal = await refused(ask({ path }))
        expect(refusal).toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' })
        expect(refusal.apiMessage).toContain(`Path (${path}) doesn't exist.`)
      }
      expect([await workspace.children(path), await workspace.read(path)]).toEqual([undefined, undefined])
    })
  })

  describe('folders', () => {
    it('are made with their parents, twice as well as once', async () => {
      const path = await subject.path('a/b/c')
      for (const _ of [1, 2]) expect(await workspace.mkdirs({ path })).toEqual({})
      expect(await workspace.getStatus({ path })).toMatchObject({ path, object_type: 'DIRECTORY' })
    })

    it('are not made where a file is', async () => {
      const path = await subject.path('a')
      await put(path, '1')
      for (const folder of [path, `${path}/b`])
        expect(await refused(workspace.mkdirs({ path: folder }))).toMatchObject({
          status: 400,
          errorCode: 'RESOURCE_ALREADY_EXISTS',
        })
    })

    it('that are empty list as {}', async () => {
      const path = await subject.path('empty')
      await workspace.mkdirs({ path })
      expect(await workspace.list({ path })).toEqual({})
      expect(await workspace.children(path)).toEqual([])
    })

    it('list what is in them, not below', async () => {
      const path = await subject.path('folder')
      await workspace.mkdirs({ path: `${path}/inner/deep` })
      await put(`${path}/a.txt`, '1')
      await put(`${path}/etl.py`, python)
      expect(names(await workspace.children(path))).toEqual(['a.txt', 'etl', 'inner'])
    })

    it('list a file as itself', async () => {
      const path = await subject.path('a.txt')
      await put(path, '1')
      expect((await workspace.list({ path })).objects?.map((object) => object.path)).toEqual([path])
    })

    it('have ids that survive the client exactly', async () => {
      const path = await subject.path('folder')
      await workspace.mkdirs({ path: `${path}/a` })
      await workspace.mkdirs({ path: `${path}/b` })
      const ids = (await workspace.children(path))?.map(({ object_id: id }) => id)
      expect(new Set(ids).size).toBe(2)
      expect((await workspace.getStatus({ path: `${path}/a` })).object_id).toBe(ids?.[0])
    })
  })

  describe('delete', () => {
    it('spares a folder that is not empty', async () => {
      const path = await subject.path('folder')
      await workspace.mkdirs({ path })
      await put(`${path}/a.txt`, '1')
      const refusal = await refused(workspace.delete({ path }))
      expect(refusal).toMatchObject({ status: 400, errorCode: 'DIRECTORY_NOT_EMPTY' })
      expect(names(await workspace.children(path))).toEqual(['a.txt'])
    })

    it.each([{ recursive: true }, {}])('removes a folder: %o', async (how) => {
      const path = await subject.path('folder')
      await workspace.mkdirs({ path })
      if (how.recursive === true) await put(`${path}/a.txt`, '1')
      await workspace.delete({ path, ...how })
      expect(await workspace.children(path)).toBeUndefined()
    })
  })

  exercisesEveryEndpointOf('workspace', subject)
})
