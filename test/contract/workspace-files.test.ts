import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { open, refused } from './subject.ts'

const subject = await open()
const { client } = subject
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const everyByte = Uint8Array.from({ length: 1024 }, (_, index) => index % 256)

describe('workspace-files', () => {
  it.each(['data.bin', 'a b.txt', 'prix+50%.csv', 'größe&zahl=1.txt', 'q?#x.txt'])(
    'bring the bytes of %s back as they were',
    async (name) => {
      const path = await subject.path(name)
      expect(await client.workspaceFiles.importFile({ path, content: everyByte })).toEqual({})
      expect(Buffer.from(await client.workspaceFiles.get({ path }))).toEqual(Buffer.from(everyByte))
      expect(await subject.setup.workspace.getStatus({ path })).toMatchObject({ path, object_type: 'FILE' })
    },
  )

  it('keep an empty file', async () => {
    const path = await subject.path('empty.txt')
    await client.workspaceFiles.importFile({ path, content: new Uint8Array() })
    expect(await client.workspaceFiles.get({ path })).toHaveLength(0)
  })

  it('are not overwritten unasked', async () => {
    const path = await subject.path('a.txt')
    await client.workspaceFiles.importFile({ path, content: text('1') })
    for (const overwrite of [{}, { overwrite: false }]) {
      const again = client.workspaceFiles.importFile({ path, content: text('2'), ...overwrite })
      const refusal = await refused(again)
      expect([400, 409]).toContain(refusal.status)
      expect(refusal.apiMessage).toContain('already exists')
    }
    expect(Buffer.from(await client.workspaceFiles.get({ path })).toString()).toBe('1')
  })

  it('are overwritten on request, and stay the same object', async () => {
    const path = await subject.path('a.txt')
    await client.workspaceFiles.importFile({ path, content: text('1') })
    const before = await subject.setup.workspace.getStatus({ path })
    await client.workspaceFiles.importFile({ path, content: text('22'), overwrite: true })
    const after = await subject.setup.workspace.getStatus({ path })
    expect(after).toMatchObject({ object_id: before.object_id, size: 2 })
    expect(Buffer.from(await client.workspaceFiles.get({ path })).toString()).toBe('22')
  })

  it('become notebooks by their header, without the extension', async () => {
    const path = await subject.path('etl')
    await client.workspaceFiles.importFile({
      path: `${path}.py`,
      content: text('# Databricks notebook source\n1'),
    })
    expect(await subject.setup.workspace.getStatus({ path })).toMatchObject({
      object_type: 'NOTEBOOK',
      language: 'PYTHON',
    })
  })

  it('need a folder to be in', async () => {
    const path = `${await subject.path('missing')}/a.txt`
    const refusal = await refused(client.workspaceFiles.importFile({ path, content: text('1') }))
    expect(refusal.status).toBe(404)
    expect(refusal.apiMessage).toContain('The parent folder')
  })

  it('that are not there are missing', async () => {
    const path = await subject.path('none.txt')
    expect(isMissing(await refused(client.workspaceFiles.get({ path })))).toBe(true)
  })

  exercisesEveryEndpointOf('workspace-files', subject)
})
