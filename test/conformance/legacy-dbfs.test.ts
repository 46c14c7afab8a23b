import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLocalCompute } from '../../src/compute/local.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { bin, databricksCli, installPeers, run, type Ran } from './peers.ts'

let emulator: Emulator
let url = ''
let close: () => Promise<void>
let folder = ''
let state = ''

const databricks = (...args: string[]): Promise<Ran> =>
  databricksCli({ url, token: emulator.token, folder }, args)

const ok = async (command: string): Promise<string> => {
  const { status, stdout, stderr } = await databricks(...command.split(' '))
  expect([command, status, stderr]).toEqual([command, 0, ''])
  return stdout
}

const words = (text: string): string[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .toSorted()

/** Every byte, and more than one chunk of the network. */
const binary = Buffer.from(Array.from({ length: 2_600_000 }, (_, index) => (index * 31) % 256))

const app: Record<string, string | Buffer> = {
  'main.py': 'from features import shift\nprint(shift(41))\n',
  'features/__init__.py': 'def shift(value):\n    return value + 1\n',
  'data/prices.bin': binary,
  'data/empty.txt': '',
}

const writeApp = (): void => {
  for (const [name, content] of Object.entries(app)) {
    const file = join(folder, 'model', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

beforeAll(async () => {
  await installPeers()
  state = mkdtempSync(join(tmpdir(), 'brickrail-legacy-state-'))
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: state, LC_ALL: 'C.UTF-8' }
  const compute = await createLocalCompute({ folder: join(state, 'runs'), cache: join(state, 'cache'), env })
  emulator = createEmulator({ clock: 'instant', state, compute })
  const listening = await emulator.listen()
  url = listening.url
  close = listening.close
})
afterAll(async () => {
  await close()
  await emulator.close()
  rmSync(state, { recursive: true, force: true })
})
beforeEach(async () => {
  await emulator.fetch('http://h/_emulator/reset', { method: 'POST' })
  folder = mkdtempSync(join(tmpdir(), 'brickrail-legacy-'))
  writeApp()
  return () => rmSync(folder, { recursive: true, force: true })
})

describe('the tutorials deploy an app to DBFS', () => {
  it.each(['preprocessing', 'model', 'search', 'cluster_search'])(
    'fs rm, fs mkdirs, fs cp -r and fs ls of %s, twice',
    async (name) => {
      const target = `dbfs:/datalake/code/${name}`
      for (const round of [1, 2]) {
        writeFileSync(join(folder, 'model', 'main.py'), `print(${round})\n`)
        await ok(`fs rm ${target} -r`)
        await ok(`fs mkdirs ${target}`)
        await ok(`fs ls ${target}`)
        await ok(`fs cp model ${target} -r`)
        expect(words(await ok(`fs ls ${target}`))).toEqual(['data', 'features', 'main.py'])
        const local = join(state, 'dbfs', 'datalake', 'code', name)
        expect(readFileSync(join(local, 'main.py'), 'utf8')).toBe(`print(${round})\n`)
        expect(readFileSync(join(local, 'data', 'prices.bin')).equals(binary)).toBe(true)
        expect(readFileSync(join(local, 'data', 'empty.txt'), 'utf8')).toBe('')
      }
    },
  )

  it('a copy over an older one keeps what is there, unless it is told to --overwrite', async () => {
    await ok('fs cp model dbfs:/app -r')
    writeFileSync(join(folder, 'model', 'main.py'), 'new')
    expect(await ok('fs cp model dbfs:/app -r')).toContain('main.py already exists. Skip.')
    expect(await ok('fs cat dbfs:/app/main.py')).toBe(app['main.py'])
    await ok('fs cp model dbfs:/app -r --overwrite')
    expect(await ok('fs cat dbfs:/app/main.py')).toBe('new')
  })
})

describe('the copied app', () => {
  const spec = {
    cluster_name: 'HelloCluster',
    spark_version: '15.4.x-scala2.12',
    node_type_id: 'Standard_DS3_v2',
    num_workers: 1,
  }
  it('runs as a spark_python_task, with the files beside it', async () => {
    await ok('fs cp model dbfs:/datalake/code/model -r')
    writeFileSync(join(folder, 'cluster.json'), JSON.stringify(spec))
    const { cluster_id: cluster } = JSON.parse(await ok('clusters create --json-file cluster.json'))
    for (const state of ['PENDING', 'RUNNING'])
      expect(JSON.parse(await ok(`clusters get --cluster-id ${cluster}`)).state).toBe(state)
    const task = { python_file: 'dbfs:/datalake/code/model/main.py', parameters: ['80', '100'] }
    const submitted = { run_name: 'train', existing_cluster_id: cluster, spark_python_task: task }
    writeFileSync(join(folder, 'run.json'), JSON.stringify(submitted))
    // It warns about API 2.0 and tells its waiting on stderr.
    const ran = await databricks('runs', 'submit', '--json-file', 'run.json', '--wait')
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining('Current state: RUNNING')])
    const run = /"run_id": (\d+)/.exec(ran.stdout)?.[1] ?? ''
    const output = await databricks('runs', 'get-output', '--run-id', run)
    expect(JSON.parse(output.stdout)).toMatchObject({
      logs: '42\n',
      metadata: { run_name: 'train', state: { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' } },
    })
  })
})

describe('the rest of databricks fs', () => {
  it('copies one file there and back, byte by byte, under any name', async () => {
    const there = await databricks('fs', 'cp', 'model/data/prices.bin', 'dbfs:/a b/prix ü 50%.bin')
    expect([there.status, there.stderr]).toEqual([0, ''])
    const back = await databricks('fs', 'cp', 'dbfs:/a b/prix ü 50%.bin', 'back.bin')
    expect([back.status, back.stderr]).toEqual([0, ''])
    expect(readFileSync(join(folder, 'back.bin')).equals(binary)).toBe(true)
    await ok('fs cp model dbfs:/app -r')
    await ok('fs cp dbfs:/app copy -r')
    expect(readFileSync(join(folder, 'copy', 'features', '__init__.py'), 'utf8')).toBe(
      app['features/__init__.py'],
    )
  })

  it('lists sizes and kinds, moves, and says what is not there', async () => {
    await ok('fs cp model dbfs:/app -r')
    expect(await ok('fs ls -l dbfs:/app/data')).toMatch(/file\s+2600000\s+prices\.bin/)
    expect(await ok('fs ls --absolute dbfs:/app')).toContain('dbfs:/app/main.py')
    await ok('fs mv dbfs:/app/main.py dbfs:/app/moved.py')
    expect(words(await ok('fs ls dbfs:/app'))).toEqual(['data', 'features', 'moved.py'])
    expect(await ok('fs rm dbfs:/app/moved.py')).toContain('Delete finished successfully')
    const missing = await databricks('fs', 'ls', 'dbfs:/none')
    expect([missing.status, missing.stdout + missing.stderr]).toEqual([
      1,
      expect.stringContaining('RESOURCE_DOES_NOT_EXIST'),
    ])
    const full = await databricks('fs', 'rm', 'dbfs:/app')
    expect([full.status, full.stdout + full.stderr]).toEqual([1, expect.stringContaining('not empty')])
  })

  it('deletes a large folder by asking again', async () => {
    const large = join(state, 'dbfs', 'large')
    mkdirSync(large, { recursive: true })
    for (let index = 0; index < 6000; index += 1) writeFileSync(join(large, `${index}`), '')
    const answer = await ok('fs rm dbfs:/large -r')
    expect(answer).toContain('Deleted 5000 files')
    expect(answer).toContain('Delete finished successfully')
    expect((await databricks('fs', 'ls', 'dbfs:/large')).status).toBe(1)
  })
})

describe('databricks secrets', () => {
  it('creates a scope, puts and lists keys, sets and reads ACLs, and deletes all', async () => {
    await ok('secrets create-scope --scope app --initial-manage-principal users')
    await ok('secrets put --scope app --key password --string-value hidden')
    writeFileSync(join(folder, 'cert.bin'), Buffer.from([0, 255, 1]))
    await ok('secrets put --scope app --key cert --binary-file cert.bin')
    expect(await ok('secrets list-scopes')).toMatch(/app\s+DATABRICKS/)
    expect(words(await ok('secrets list --scope app'))).toEqual(expect.arrayContaining(['cert', 'password']))
    await ok('secrets put-acl --scope app --principal admins --permission READ')
    expect(await ok('secrets get-acl --scope app --principal admins')).toMatch(/admins\s+READ/)
    expect(await ok('secrets list-acls --scope app')).toMatch(/users\s+MANAGE/)
    await ok('secrets delete-acl --scope app --principal admins')
    await ok('secrets delete --scope app --key cert')
    await ok('secrets delete-scope --scope app')
    expect(await ok('secrets list-scopes')).not.toContain('app')
  })
})

describe('the Databricks SDK for Python', () => {
  const expected: Record<string, unknown> = {
    upload_and_download: [true, '/sdk/a b/ü.bin', false, 2_600_000],
    overwrite: [['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'], '3'],
    put_and_read: [3, 'ell'],
    tree: [
      [
        ['/sdk/tree/x', false],
        ['/sdk/tree/y/z', false],
      ],
      ['/sdk/copy/x', '/sdk/copy/y/z'],
      false,
      'x',
    ],
    delete: ['BadRequest', false],
    errors: {
      missing: ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
      handle: ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
      block: ['BadRequest', 'MAX_BLOCK_SIZE_EXCEEDED'],
      read: ['BadRequest', 'MAX_READ_SIZE_EXCEEDED'],
      escape: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
    },
    secrets: [
      { text: Buffer.from('hidden').toString('base64'), bytes: 'AP8=' },
      [
        ['admin@example.com', 'MANAGE'],
        ['users', 'READ'],
      ],
      ['bytes', 'text'],
      ['sdk'],
      ['ResourceAlreadyExists', 'RESOURCE_ALREADY_EXISTS'],
      ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
      [],
    ],
  }

  it('uploads, reads, lists, copies, moves and deletes; keeps secrets; and gets its own error classes', async () => {
    const script = join(import.meta.dirname, 'dbfs_session.py')
    const env = { HOME: folder, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }
    const { status, stdout, stderr } = await run(bin('python'), [script, url, emulator.token], env, folder)
    if (status !== 0) throw new Error(`dbfs_session.py ended with ${status}:\n${stderr}`)
    expect(JSON.parse(stdout)).toEqual(expected)
  })
})
