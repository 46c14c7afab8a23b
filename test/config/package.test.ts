import { describe, expect, it } from 'vitest'
import type { LastChange } from '../../src/config/package/load.ts'
import { isCanonicalVersion, wheelFile } from '../../src/config/package/version.ts'
import { faultsOf, load, sane, warningsOf } from './project.ts'

const yaml = (packages: string): string =>
  `name: demo\ntargets: { local: {}, prod: {} }\nworkspace: { path: /Shared/Demo }\nclusters: { Main: { spec: clusters/main.json, libraries: libraries/main.yml } }\npackages:\n${packages}\n`

const pyproject = (project: string): string =>
  `[build-system]\nrequires = ["setuptools==80.9.0"]\nbuild-backend = "setuptools.build_meta"\n${project}`

const good = pyproject('[project]\nname = "My.Tool"\nversion = "1.2.0"\n')
const one = '  tool: { source: ../tool }'

const commit = '1a2b3c4d5e6f'
const changed: LastChange = async () => ({ commit, time: 1_700_000_000 })

const with_ = (packages: string, text: string | undefined, options = {}) =>
  load(
    { 'pipelines/brickrail.yml': yaml(packages), 'tool/pyproject.toml': text, 'tool/tool/__init__.py': '' },
    options,
  )

describe('packages', () => {
  it('is stamped with commit and sources, and its path is known without building', async () => {
    const { desired, sources } = sane(await with_(one, good, { lastChange: changed }))
    const [wheel] = desired.packages ?? []
    expect(wheel?.version).toBe(`1.2.0+g1a2b3c4d.d${wheel?.sources.slice(0, 12)}`)
    expect(wheel?.file).toBe(`my_tool-${wheel?.version}-py3-none-any.whl`)
    expect(wheel?.path).toBe(`/Workspace/Shared/.brickrail/demo/local/packages/${wheel?.file}`)
    expect(sources.packages['tool']?.epoch).toBe(1_700_000_000)
    expect(sources.packages['tool']?.files.map(({ path }) => path)).toEqual([
      'pyproject.toml',
      'tool/__init__.py',
    ])
  })

  it('is the same file in every target, and outside of a checkout it says g0', async () => {
    const files = ['local', 'prod'].map(
      async (target) => sane(await with_(one, good, { target })).desired.packages?.[0]?.file,
    )
    const [local, prod] = await Promise.all(files)
    expect(local).toMatch(/^my_tool-1\.2\.0\+g0\.d[0-9a-f]{12}-py3-none-any\.whl$/)
    expect(prod).toBe(local)
  })

  it('can be referred to by libraries', async () => {
    const loaded = await load(
      {
        'pipelines/brickrail.yml': yaml('  tool: { source: ../tool, path: "dbfs:/FileStore/wheels/" }'),
        'pipelines/libraries/main.yml': 'whl: ["${packages.tool.path}"]\n',
        'tool/pyproject.toml': good,
      },
      { lastChange: changed },
    )
    const { desired } = sane(loaded)
    expect(desired.clusters[0]?.libraries).toEqual([{ whl: desired.packages?.[0]?.path }])
    expect(desired.packages?.[0]?.path).toMatch(/^dbfs:\/FileStore\/wheels\/my_tool-1\.2\.0\+g1a2b3c4d\.d/)
  })

  it.each([
    ['no file', undefined, 'there is no file tool/pyproject.toml'],
    ['no TOML', '[project\nname = "x"', 'this is not TOML'],
    ['no name', pyproject('[project]\nversion = "1.0"\n'), 'has no name under [project]'],
    ['no version', pyproject('[project]\nname = "x"\n'), 'has no version under [project]'],
    ['no project', pyproject('[tool.poetry]\nname = "x"\nversion = "1.0"\n'), 'has no name under [project]'],
    [
      'a dynamic version',
      pyproject('[project]\nname = "x"\ndynamic = ["version"]\n'),
      'the version is dynamic',
    ],
    ['a bad name', pyproject('[project]\nname = "-x"\nversion = "1.0"\n'), '«-x» is no name of a package'],
    ['a bad version', pyproject('[project]\nname = "x"\nversion = "1.0-beta"\n'), '«1.0-beta» is no version'],
    ['a local version', pyproject('[project]\nname = "x"\nversion = "1.0+abc"\n'), '«1.0+abc» is no version'],
  ])('%s', async (_, text, message) => {
    expect(faultsOf(await with_(one, text))[0]).toContain(message)
  })

  it.each([
    ['/Volumes/a/b/c', '/Volumes cannot be written yet'],
    ['/Shared/wheels', 'a cluster cannot install from «/Shared/wheels»'],
    ['dbfs:/wheels', '«dbfs:/wheels» is shared with others'],
    ['s3://bucket/wheels', 'a cluster cannot install from'],
  ])('path %s', async (path, message) => {
    expect(faultsOf(await with_(`  tool: { source: ../tool, path: "${path}" }`, good))).toEqual([
      expect.stringContaining(message),
    ])
  })

  it('two keys for one file', async () => {
    const faults = faultsOf(await with_(`${one}\n  again: { source: ../tool }`, good))
    expect(faults).toEqual([expect.stringContaining('the packages tool and again become the same file')])
  })

  it.each([
    [
      'a backend that is not pinned',
      '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "b"\n',
      'setuptools>=61',
    ],
    ['no backend', '', 'no build backend'],
  ])('warns of %s', async (_, system, what) => {
    const warnings = warningsOf(await with_(one, `${system}[project]\nname = "x"\nversion = "1.0"\n`))
    expect(warnings).toEqual([expect.stringContaining(`[build-system] asks for ${what}`)])
  })

  it('warns of a shallow clone, where any commit looks as if it had touched the folder', async () => {
    const loaded = await with_(one, good, { lastChange: async () => 'shallow' })
    expect(warningsOf(loaded)).toEqual([expect.stringContaining('this clone is shallow')])
    expect(sane(loaded).desired.packages?.[0]?.version).toMatch(/^1\.2\.0\+g0\.d/)
  })
})

describe('versions', () => {
  it.each(['1', '1.0', '1.0.0', '1.0rc1', '1.0.post2', '1.0.dev3', '2026.11', '1!2.0'])('%s', (version) => {
    expect(isCanonicalVersion(version)).toBe(true)
  })
  it.each(['', 'v1', '1.0-rc1', '1.0.RC1', '01.0', '1.0+local', '1..0', '1.0 '])('not «%s»', (version) => {
    expect(isCanonicalVersion(version)).toBe(false)
  })
  it('names the file as the specification of wheels has it', () => {
    expect(wheelFile('My--Tool.x', '1.0')).toBe('my_tool_x-1.0-py3-none-any.whl')
  })
})
