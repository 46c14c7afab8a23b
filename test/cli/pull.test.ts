import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pullInto, wholeDigest } from '../../src/cli/model/pull-files.ts'
import { mlflowClient } from '../../src/client/mlflow.ts'
import { callTo, openStage, projectOf } from '../safety/model-stage.ts'
import { createHarness } from '../support/harness.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const contents: Readonly<Record<string, string>> = {
  MLmodel: 'flavors: {}\n',
  'data/model.bin': '\0\x01',
  empty: '',
}

const open = async () => {
  const harness = createHarness(projectOf('mlflow'))
  onTestFinished(() => harness.close())
  const stage = await openStage('mlflow', harness.emulator)
  const { proxy, tracking } = mlflowClient(callTo(harness.emulator, 'http://workspace.test/mlflow'))
  const { info } = (await tracking.createRun({ experiment_id: '0', start_time: 1 })).run
  const root = (info.artifact_uri ?? '').replace(/^mlflow-artifacts:\/+/, '')
  for (const [path, text] of Object.entries(contents))
    await proxy.upload({ path: `${root}/prices/${path}`, content: Buffer.from(text) })
  await stage.registry.createVersion(stage.name, {
    source: `${info.artifact_uri}/prices`,
    runId: info.run_id,
  })
  const out = join(harness.folder, 'out', 'model')
  const inOut = (path: string): string => readFileSync(join(out, path), 'utf8')
  return { harness, stage, out, inOut }
}

describe('pull', () => {
  it('brings every file, with the digest of each and of all', async () => {
    const { harness, out, inOut } = await open()
    const { exit, stdout } = await harness.run('pull', ['--version', '1', '--out', 'out/model'])
    expect(exit).toBe(0)
    for (const [path, text] of Object.entries(contents)) expect(inOut(path)).toBe(text)
    const manifest = JSON.parse(inOut('brickrail-model.json')) as {
      sha256: string
      files: { path: string }[]
    }
    const files = Object.entries(contents).map(([path, text]) => ({
      path,
      size: text.length,
      sha256: sha256(text),
    }))
    expect(manifest).toMatchObject({ model: 'prices', version: '1', sha256: wholeDigest(files) })
    expect(manifest.files).toEqual(expect.arrayContaining(files))
    expect(stdout).toContain(`sha256 ${wholeDigest(files)}`)
    expect(readdirSync(join(out, '..'))).toEqual(['model'])
  })

  it('brings the version at a place, and says when nobody is there', async () => {
    const { harness, stage, inOut } = await open()
    const none = await harness.run('pull', ['--to', 'staging', '--out', 'out/model'])
    expect([none.exit, none.stderr]).toEqual([4, expect.stringMatching(/no version is in staging/)])
    await stage.registry.setAlias?.(stage.name, 'champion', '1')
    expect((await harness.run('pull', ['--out', 'out/model'])).exit).toBe(0)
    expect(inOut('MLmodel')).toBe(contents['MLmodel'])
  })

  it('replaces what is there only when it is told to, and nothing of the old remains', async () => {
    const { harness, out } = await open()
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'mine'), 'x')
    const args = ['--version', '1', '--out', 'out/model']
    const refused = await harness.run('pull', args)
    expect([refused.exit, refused.stderr, readdirSync(out)]).toEqual([
      2,
      expect.stringMatching(/is not empty/),
      ['mine'],
    ])
    expect((await harness.run('pull', [...args, '--force'])).exit).toBe(0)
    expect(readdirSync(out).toSorted()).toEqual(['MLmodel', 'brickrail-model.json', 'data', 'empty'])
  })

  it.each([
    [['--version', '1', '--out', '.', '--force'], 2, /holds the project/],
    [['--version', '1', '--out', '..', '--force'], 2, /holds the project/],
    [['--version', '1', '--out', 'pipelines/brickrail.yml'], 2, /is no folder/],
    [['--version', '7', '--out', 'x'], 4, /version 7 of prices is not in/],
    [['--version', '1', '--to', 'staging', '--out', 'x'], 2, /name two things/],
  ])('refuses %j', async (args, exit, says) => {
    const { harness } = await open()
    const ran = await harness.run('pull', args)
    expect([ran.exit, ran.stderr]).toEqual([exit, expect.stringMatching(says)])
    expect(existsSync(join(harness.folder, 'pipelines/brickrail.yml'))).toBe(true)
  })
})

it('what a run that died has left is no part of it', async () => {
  const harness = createHarness({ [`new.part-${process.pid}/stale`]: 'old' })
  onTestFinished(() => harness.close())
  const files = { at: 'm', list: async () => [{ path: 'a' }], read: async () => Buffer.from('x') }
  await pullInto(files, join(harness.folder, 'new'), { force: false, manifest: () => ({}) })
  expect(readdirSync(join(harness.folder, 'new')).toSorted()).toEqual(['a', 'brickrail-model.json'])
})

describe('a folder of files', () => {
  const of = (files: { path: string; size?: number; bytes?: string }[]) => ({
    at: 'models:/m/1',
    list: async () => files.map(({ path, size }) => ({ path, ...(size === undefined ? {} : { size }) })),
    read: async (path: string) => {
      const found = files.find((one) => one.path === path)?.bytes
      return found === undefined ? undefined : Buffer.from(found)
    },
  })
  it.each([
    [
      'of which one was cut off',
      [
        { path: 'a', bytes: 'x' },
        { path: 'b', size: 3, bytes: 'xx' },
      ],
      /3 bytes, and 2 came/,
    ],
    ['of which one is gone', [{ path: 'a', bytes: 'x' }, { path: 'b' }], /listed and not there/],
    [
      'with a name of ours',
      [{ path: 'brickrail-model.json', bytes: '{}' }],
      /is called brickrail-model.json/,
    ],
    ['that is empty', [], /there is no file/],
    [
      'of which two are one',
      [
        { path: 'a', bytes: 'x' },
        { path: 'a', bytes: 'y' },
      ],
      /listed twice/,
    ],
    ['of which one hides', [{ path: './brickrail-model.json', bytes: '{}' }], /is no name of a file/],
    ['of which one has no name', [{ path: 'a//b', bytes: '' }], /is no name of a file/],
  ])('%s leaves everything as it was', async (_, files, why) => {
    const harness = createHarness({ 'old/a': 'old' })
    onTestFinished(() => harness.close())
    const out = join(harness.folder, 'old')
    const work = pullInto(of(files), out, { force: true, manifest: () => ({}) })
    await expect(work).rejects.toThrow(why)
    expect([readdirSync(harness.folder), readFileSync(join(out, 'a'), 'utf8')]).toEqual([['old'], 'old'])
  })
})
