import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProject } from '../../src/config/load.ts'
import { faultsOf, load, sane, sound, temporary, write } from './project.ts'

const yaml = (apps: string, rest = ''): string =>
  `name: demo\ntargets: { local: {} }\nworkspace: { path: /Shared/Demo }\n${rest}apps:\n${apps}\n`

const model = (fields = 'path: dbfs:/datalake/code/model'): string =>
  `  model: { source: ../apps/model, ${fields} }`

const files = { 'apps/model/main.py': 'print(1)\n', 'apps/model/lib/a.py': 'x = 1\n' }

const with_ = (apps: string, more: Readonly<Record<string, string>> = {}) =>
  load({ 'pipelines/brickrail.yml': yaml(apps), ...files, ...more })

describe('apps', () => {
  it('is every file of the folder with its digest, and a folder named by them', async () => {
    const { desired, sources } = sane(await with_(model()))
    const [app] = desired.apps ?? []
    expect(app).toMatchObject({ key: 'model', root: '/datalake/code/model', layout: 'versioned' })
    expect(app?.files.map(({ path, size }) => [path, size])).toEqual([
      ['lib/a.py', 6],
      ['main.py', 9],
    ])
    expect(sources.apps['model']).toMatch(/apps\/model$/)
  })

  it('has the same digest wherever it is checked out, and another one for another name or content', async () => {
    const digest = async (more: Record<string, string>) =>
      sane(await with_(model(), more)).desired.apps?.[0]?.digest
    const one = await digest({})
    expect(await digest({})).toBe(one)
    expect(await digest({ 'apps/model/main.py': 'print(2)\n' })).not.toBe(one)
    expect(await digest({ 'apps/model/more.py': '' })).not.toBe(one)
  })

  it('leaves out caches, virtual environments, what .gitignore names and what `exclude` names', async () => {
    const left = {
      'apps/model/__pycache__/main.pyc': 'x',
      'apps/model/.venv/lib.py': 'x',
      'apps/model/.gitignore': '*.tmp\n',
      'apps/model/a.tmp': 'x',
      'apps/model/docs/a.md': 'x',
    }
    const { desired } = sane(await with_(model('path: dbfs:/a/b, exclude: [docs/]'), left))
    expect(desired.apps?.[0]?.files.map(({ path }) => path)).toEqual(['.gitignore', 'lib/a.py', 'main.py'])
  })

  it('gives its path to jobs and libraries: the version, or the folder of a plain layout', async () => {
    const paths = ['versioned', 'plain'].map(async (layout) => {
      const clusters = 'clusters: { Main: { spec: clusters/main.json, libraries: libraries/main.yml } }\n'
      const loaded = await load({
        'pipelines/brickrail.yml': yaml(model(`path: dbfs:/a/b, layout: ${layout}`), clusters),
        'pipelines/libraries/main.yml': 'whl: ["${apps.model.path}/x.whl"]\n',
        ...files,
      })
      return sane(loaded).desired.clusters[0]?.libraries[0]?.whl
    })
    expect(await Promise.all(paths)).toEqual([
      expect.stringMatching(/^dbfs:\/a\/b\/versions\/[0-9a-f]{16}\/x\.whl$/),
      'dbfs:/a/b/x.whl',
    ])
  })

  it.each([
    ['path: /datalake/code/model', 'does not begin with dbfs:/'],
    ['path: /dbfs/datalake/code/model', 'does not begin with dbfs:/'],
    ['path: dbfs:/', 'is shared with others'],
    ['path: dbfs:/datalake', 'is shared with others'],
    ['path: dbfs:/mnt/lake', 'is shared with others'],
    ['path: dbfs:/a/../b', 'holds . or ..'],
    ['path: dbfs:/databricks-datasets/x', "is not a folder for a project's own files"],
    ['path: dbfs:/a/b, layout: flat', 'layout cannot be «flat»'],
    ['path: dbfs:/a/b, exlude: [x]', 'unknown key «exlude»'],
  ])('%s', async (fields, message) => {
    expect(faultsOf(await with_(model(fields)))).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['the same folder', 'path: dbfs:/a/b', 'path: dbfs:/a//b/', 'the apps one and two go to the same folder'],
    [
      'one in the other',
      'path: dbfs:/a/b',
      'path: dbfs:/a/b/c',
      'the folder of app two and that of one lie in each other',
    ],
    [
      'the other in the one',
      'path: dbfs:/a/b/c',
      'path: dbfs:/a/b',
      'the folder of app two and that of one lie in each other',
    ],
  ])('two apps in %s', async (_, one, two, message) => {
    const apps = `  one: { source: ../apps/model, ${one} }\n  two: { source: ../apps/model, ${two} }`
    expect(faultsOf(await with_(apps))).toEqual([expect.stringContaining(message)])
  })

  it('a folder that is not there, an empty one, and a file that Brickrail writes itself', async () => {
    const missing = '  gone: { source: ../apps/gone, path: dbfs:/a/gone }'
    const empty = '  empty: { source: ../apps/empty, path: dbfs:/a/empty }'
    const plain = '  plain: { source: ../apps/plain, path: dbfs:/a/plain, layout: plain }'
    const more = { 'apps/empty/.gitignore': '*\n', 'apps/plain/.brickrail.json': '{}' }
    expect(faultsOf(await with_([missing, empty, plain].join('\n'), more))).toEqual([
      expect.stringContaining('there is no folder apps/gone'),
      expect.stringContaining('there is no file in the app empty'),
      expect.stringContaining('«.brickrail.json» is written by Brickrail'),
    ])
  })

  it('a link that leads out of the folder', async () => {
    const folder = write(temporary(), {
      ...sound,
      ...files,
      'pipelines/brickrail.yml': yaml(model()),
      'secret.txt': 'x',
    })
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'apps/model/link.txt'))
    const loaded = await loadProject({ cwd: folder, env: {}, today: '2026-11-21' })
    expect(loaded).toMatchObject({ ok: false })
    expect(loaded.ok ? [] : loaded.faults.map(({ message, hint }) => `${message}: ${hint}`)).toEqual([
      'this link leads out of the folder of apps.model: copy the file in, or add it to apps.model.exclude',
    ])
  })
})
