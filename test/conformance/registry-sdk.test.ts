import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { bin, installPeers, run } from './peers.ts'

const denied = (message: RegExp) => ({
  error: 'PermissionDenied',
  code: 'PERMISSION_DENIED',
  message: expect.stringMatching(message),
})
const missing = (message: RegExp, error = 'ResourceDoesNotExist') => ({
  error,
  code: 'RESOURCE_DOES_NOT_EXIST',
  message: expect.stringMatching(message),
})

/** The cases of registry_sdk_session.py and what the SDK must have made of our answers. */
const expected: Record<string, unknown> = {
  models: {
    made: 'stock',
    id: 32,
    level: 'CAN_MANAGE',
    user: 'admin@example.com',
    description: 'new',
    tags: [['k', 'v']],
    listed: ['price'],
    searched: ['price'],
    gone: missing(/name=stock not found/),
  },
  versions: {
    status: Array(3).fill('PENDING_REGISTRATION'),
    found: ['1', 'READY', 'run-1', 'first', 'abc'],
    uri: 'dbfs:/models/price',
    untagged: [],
    searched: ['1', '3', '2'],
  },
  transitions: {
    stage: 'Production',
    level: 'CAN_MANAGE',
    stages: ['Archived', 'Production', 'None'],
    latest: ['2'],
    unknown: expect.objectContaining({ error: 'InvalidParameterValue' }),
    missing: missing(/version=9\) not found/),
    kept: ['Archived', 'Production', 'None'],
    delete: expect.objectContaining({ error: 'InvalidState' }),
  },
  permissions: {
    before: denied(
      /^PERMISSION_DENIED: other@example.com does not have CAN_READ permission on registered model price/,
    ),
    after: 'CAN_READ',
    type: 'registered-model',
    users: ['admin@example.com', 'admins', 'other@example.com'],
    levels: [
      'CAN_READ',
      'CAN_EDIT',
      'CAN_MANAGE_STAGING_VERSIONS',
      'CAN_MANAGE_PRODUCTION_VERSIONS',
      'CAN_MANAGE',
    ],
  },
  requests: {
    asked: ['other@example.com', 'Production', ['CANCEL_TRANSITION_REQUEST']],
    listed: [['REQUESTED_TRANSITION', 'None', 'Production', 'other@example.com']],
    refused: denied(/other@example.com does not have CAN_MANAGE_PRODUCTION_VERSIONS permission/),
    approved: ['APPROVED_REQUEST', 'None', 'Production'],
    rejected: 'REJECTED_REQUEST',
    cancelled: 'CANCELLED_REQUEST',
    left: 0,
    stages: ['Archived', 'Archived', 'Production'],
  },
  comments: {
    made: ['first', 'admin@example.com', ['EDIT_COMMENT', 'DELETE_COMMENT']],
    changed: [true, 'second'],
    gone: missing(/^Comment with ID/),
  },
  catalog: {
    made: ['main.default.stock', 'admin@example.com', 'prices'],
    alias: ['champion', 2],
    found: [2, 'PENDING_REGISTRATION', 'better', ['champion']],
    by_alias: [2, 'run-2'],
    listed: [1],
    dangling: missing(/^Alias 'champion'/),
    stranger: denied(/other@example.com is not an owner of registered model 'main.default.stock'/),
  },
  catalog_pages: {
    names: ['m0', 'm1', 'm2', 'm3'],
    renamed: ['main.paged.m9', 'new'],
    left: ['m2', 'm3', 'm9'],
    gone: missing(/'main.paged.m1' does not exist/),
    two_parts: expect.objectContaining({ message: expect.stringContaining('specify all three levels') }),
  },
}

describe('the model registries of the Databricks SDK for Python', () => {
  let cases: Record<string, unknown> = {}
  beforeAll(async () => {
    await installPeers()
    const emulator = createEmulator({ clock: 'instant' })
    const { url, close } = await emulator.listen()
    const other = { user: 'other@example.com', token: 'dapi-other' }
    await emulator.fetch(`${url}/_emulator/principals`, { method: 'POST', body: JSON.stringify(other) })
    const script = join(import.meta.dirname, 'registry_sdk_session.py')
    const env = { HOME: tmpdir(), PATH: '/usr/bin:/bin' }
    const ran = await run(bin('python'), [script, url, emulator.token, other.token], env, tmpdir())
    await close()
    await emulator.close()
    if (ran.status !== 0) throw new Error(`registry_sdk_session.py ended with ${ran.status}:\n${ran.stderr}`)
    cases = JSON.parse(ran.stdout)
  })

  it('ran every case that is expected, and no other', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(expected).sort())
  })

  it.each(Object.keys(expected))('%s', (name) => {
    expect(cases[name]).toEqual(expected[name])
  })
})
