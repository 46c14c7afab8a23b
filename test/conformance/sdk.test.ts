import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { bin, installPeers, run } from './peers.ts'

/** The cases of sdk_session.py and what the SDK must have made of our answers. */
const expected: Record<string, unknown> = {
  me: { user: 'admin@example.com', groups: ['admins', 'users'], workspace_id: expect.any(Number) },
  oauth_m2m: 'app-1',
  oauth_wrong_secret: { error: 'ValueError', code: null, message: expect.stringMatching(/invalid_client/) },
  bad_token: {
    error: 'Unauthenticated',
    code: 'UNAUTHENTICATED',
    message: expect.stringMatching(/^Invalid access token/),
  },
  selectors: {
    lts: '16.4.x-scala2.12',
    ml: expect.stringMatching(/-cpu-ml-/),
    node: expect.any(String),
  },
  create_and_wait: {
    states: ['PENDING'],
    state: 'RUNNING',
    workers: 0,
    source: 'API',
    context: expect.stringMatching(/^\d{17,19}$/),
    spec: expect.objectContaining({ cluster_name: 'sdk', num_workers: 0 }),
    azure: expect.objectContaining({ first_on_demand: 1 }),
  },
  edit_and_wait: { states: ['RESTARTING'], workers: 2, tags: { a: 'b' } },
  resize_and_wait: { states: ['RESIZING'], autoscale: { min_workers: 1, max_workers: 3 }, executors: 1 },
  terminate_and_start: ['TERMINATED', 'USER_REQUEST', 'RUNNING'],
  restart_and_wait: 'RUNNING',
  events: {
    same: true,
    oldest: 'CREATING',
    types: expect.arrayContaining([
      'CREATING',
      'EDITED',
      'RESIZING',
      'TERMINATING',
      'STARTING',
      'RESTARTING',
    ]),
  },
  list_pages: { all: 9, once: 9, jobs: ['of a job'], left: 2 },
  pin: {
    found: true,
    error: expect.any(String),
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringContaining('unpin the cluster first'),
  },
  cluster_errors: {
    get: {
      error: 'ResourceDoesNotExist',
      code: 'INVALID_PARAMETER_VALUE',
      message: 'Cluster 0101-000000-nothere1 does not exist',
    },
    edit: expect.objectContaining({ error: 'InvalidParameterValue' }),
    version: expect.objectContaining({
      error: 'InvalidParameterValue',
      message: 'Invalid spark version nope.',
    }),
    libraries: expect.objectContaining({ message: 'Cluster 0101-000000-nothere1 does not exist' }),
  },
  invalid_state: expect.objectContaining({ error: 'InvalidState', code: 'INVALID_STATE' }),
  libraries: {
    seen: [Array(3).fill('INSTALLING'), Array(3).fill('INSTALLED'), Array(3).fill('INSTALLED')],
    marked: ['INSTALLED', 'INSTALLED', 'UNINSTALL_ON_RESTART'],
    everywhere: true,
  },
  workspace_files: {
    listed: [
      ['/Shared/sdk/auto', 'NOTEBOOK', 'PYTHON'],
      ['/Shared/sdk/deep/er/named.py', 'NOTEBOOK', 'PYTHON'],
      ['/Shared/sdk/deep/plain.bin', 'FILE', null],
      ['/Shared/sdk/r', 'NOTEBOOK', 'R'],
    ],
    binary: true,
    source: true,
    jupyter: 4,
    exported: Buffer.from('# Databricks notebook source\n1').toString('base64'),
    size: 2_304_000,
    large_id: true,
  },
  workspace_errors: {
    exists: expect.objectContaining({ error: 'ResourceAlreadyExists' }),
    no_format: expect.objectContaining({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Perhaps you forgot to specify the `format=ImportFormat.AUTO`'),
    }),
    missing: {
      error: 'ResourceDoesNotExist',
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: "Path (/Shared/none) doesn't exist.",
    },
    not_empty: expect.objectContaining({ code: 'DIRECTORY_NOT_EMPTY' }),
    big: expect.objectContaining({ code: 'MAX_NOTEBOOK_SIZE_EXCEEDED' }),
    recursive: { error: null },
    left: 0,
  },
  permissions: {
    acl: { 'admin@example.com': 'CAN_MANAGE', users: 'CAN_RESTART', admins: 'CAN_MANAGE' },
    levels: ['CAN_ATTACH_TO', 'CAN_RESTART', 'CAN_MANAGE'],
    stranger: expect.objectContaining({ error: 'ResourceDoesNotExist' }),
  },
  jobs: {
    exact: true,
    large: true,
    cluster: 'new',
    gone: expect.objectContaining({ error: 'ResourceDoesNotExist' }),
    runs: 0,
  },
  not_implemented: expect.objectContaining({
    error: 'NotImplemented',
    message: 'the embedded workspace has no GET /api/2.0/sql/warehouses',
  }),
}

describe('the Databricks SDK for Python', () => {
  let cases: Record<string, unknown> = {}
  beforeAll(async () => {
    await installPeers()
    const emulator = createEmulator({ clock: 'instant', clients: [{ id: 'app-1', secret: 's3cret' }] })
    const { url, close } = await emulator.listen()
    const seeded = {
      cluster_name: 'of a job',
      spark_version: '15.4.x-scala2.12',
      node_type_id: 'm5.large',
      num_workers: 1,
    }
    await emulator.fetch(`${url}/_emulator/clusters`, { method: 'POST', body: JSON.stringify(seeded) })
    const script = join(import.meta.dirname, 'sdk_session.py')
    const env = { HOME: tmpdir(), PATH: '/usr/bin:/bin' }
    const ran = await run(bin('python'), [script, url, emulator.token, 'app-1', 's3cret'], env, tmpdir())
    await close()
    await emulator.close()
    if (ran.status !== 0) throw new Error(`sdk_session.py ended with ${ran.status}:\n${ran.stderr}`)
    cases = JSON.parse(ran.stdout)
  })

  it('ran every case that is expected, and no other', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(expected).sort())
  })

  it.each(Object.keys(expected))('%s', (name) => {
    expect(cases[name]).toEqual(expected[name])
  })
})
