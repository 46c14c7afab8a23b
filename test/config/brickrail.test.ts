import { describe, expect, test } from 'vitest'
import { Fail } from '../../src/errors.ts'
import { loadProject } from '../../src/config/load.ts'
import { faultsOf, load, sane, sound, temporary, write } from './project.ts'

const file = 'pipelines/brickrail.yml'
const project = (...lines: string[]): string => `${lines.join('\n')}\n`

const bad: [name: string, text: string, faults: string[]][] = [
  ['no name', 'targets: { local: {} }\n', [`${file}:1:1 missing-key: «name» is missing`]],
  ['a bad name', 'name: My Project\n', [`${file}:1:7 bad-name: «My Project» is not a good name`]],
  ['not a map', '- a\n', [`${file}:1:1 wrong-type: the file must be a map, not a list`]],
  ['an empty file', '', [`${file}:1:1 wrong-type: the file must be a map, not empty`]],
  [
    'every unknown key',
    project('name: x', 'cluster: {}', 'target: {}', 'zzz: 1'),
    [
      `${file}:2:1 unknown-key: unknown key «cluster»`,
      `${file}:3:1 unknown-key: unknown key «target»`,
      `${file}:4:1 unknown-key: unknown key «zzz»`,
    ],
  ],
  [
    'wrong types at any depth',
    project('name: x', 'workspace:', '  path: /Shared/X', '  exclusive: yes', '  exclude: a', 'clusters: []'),
    [
      `${file}:4:14 wrong-type: workspace.exclusive must be true or false, not text`,
      `${file}:5:12 wrong-type: workspace.exclude must be a list, not text`,
      `${file}:6:11 wrong-type: clusters must be a map, not a list`,
    ],
  ],
  [
    'an unknown strategy',
    project('name: x', 'clusters:', '  A: { spec: clusters/main.json, strategy: bluegreen }'),
    [`${file}:3:44 unknown-value: clusters.A.strategy cannot be «bluegreen»`],
  ],
  [
    'an unknown key beside a libraries file',
    project(
      'name: x',
      'clusters:',
      '  A:',
      '    spec: clusters/main.json',
      '    libraries: { file: libraries/main.yml, exclusiv: true }',
    ),
    [`${file}:5:44 unknown-key: unknown key «exclusiv»`],
  ],
  [
    'a cluster without a spec',
    project('name: x', 'clusters:', '  A: {}'),
    [`${file}:3:6 missing-key: «spec» is missing`],
  ],
  [
    'a bad cluster key',
    project('name: x', 'clusters:', '  "a b": { spec: clusters/main.json }'),
    [`${file}:3:3 bad-name: «a b» is not a good key`],
  ],
  [
    'an override of nothing that exists',
    project('name: x', 'targets:', '  local: { workspace: { paht: /Shared/X } }', '  dev: { hots: x }'),
    [
      `${file}:3:23 missing-key: «path» is missing`,
      `${file}:3:25 unknown-key: unknown key «paht»`,
      `${file}:4:10 unknown-key: unknown key «hots»`,
    ],
  ],
  [
    'two defaults',
    project('name: x', 'targets:', '  a: { default: true }', '  b: { default: true }'),
    [`${file}:4:17 one-default-target: another target is the default already`],
  ],
  [
    'files that are not there',
    project(
      'name: x',
      'clusters:',
      '  A: { spec: clusters/mian.json, libraries: lib/x.yml }',
      'jobs: { train: jobs/train.json }',
    ),
    [
      `${file}:3:14 file-not-found: there is no file pipelines/clusters/mian.json`,
      `${file}:3:45 file-not-found: there is no file pipelines/lib/x.yml`,
      `${file}:4:16 file-not-found: there is no file pipelines/jobs/train.json`,
    ],
  ],
  [
    'paths of the workspace that are not one folder',
    project('name: x', 'workspace: { path: Shared/X }'),
    [`${file}:2:20 workspace-path-is-one-folder: «Shared/X» does not begin with /`],
  ],
  [
    'a folder of everybody',
    project('name: x', 'workspace: { path: /Workspace/Shared/ }'),
    [`${file}:2:20 workspace-path-is-one-folder: «/Shared» is shared with others`],
  ],
  [
    'a whole home',
    project('name: x', 'workspace: { path: /Users/me@example.com }'),
    [`${file}:2:20 workspace-path-is-one-folder: «/Users/me@example.com» is shared with others`],
  ],
  [
    'the folder of the ledger',
    project('name: x', 'workspace: { path: /Shared/.brickrail/x }'),
    [`${file}:2:20 workspace-path-is-one-folder: /Shared/.brickrail belongs to Brickrail`],
  ],
  [
    'no folder to sync',
    project('name: x', 'workspace: { path: /Shared/X, source: ../worksapce }'),
    [`${file}:2:39 workspace-folder-exists: there is no folder worksapce`],
  ],
  [
    'hosts that are none',
    project('name: x', 'targets: { dev: { host: "https://h.example/?o=1" } }'),
    [`${file}:2:25 host-is-a-url: the host is not the URL of a workspace: it has a path or a query`],
  ],
  [
    'tokens, whatever they are called',
    project('name: x', 'variables:', `  t: dapi${'0a'.repeat(16)}`, '  db_password: hunter2'),
    [
      `${file}:3:6 no-secret-in-files: this is a Databricks token`,
      `${file}:4:16 no-secret-in-files: «db_password» holds a secret in clear text`,
    ],
  ],
  [
    'two clusters of one name',
    project('name: x', 'clusters:', '  A: { spec: clusters/main.json }', '  B: { spec: clusters/b.json }'),
    ['pipelines/clusters/b.json:1:19 one-cluster-per-name: the clusters A and B are both named «A»'],
  ],
]

describe('brickrail.yml', () => {
  test.each(bad)('%s', async (_, text, faults) => {
    const b =
      '{ "cluster_name": "A", "spark_version": "17.3.x-scala2.13", "node_type_id": "x", "num_workers": 1 }'
    const loaded = await load({ [file]: text, 'pipelines/clusters/b.json': b })
    expect(faultsOf(loaded)).toEqual(faults)
  })

  test('a hint for a key that was most likely meant', async () => {
    const loaded = await load({ [file]: 'name: x\nworkspce: {}\n' })
    expect(loaded.ok ? [] : loaded.faults.map(({ hint }) => hint)).toEqual(['did you mean «workspace»?'])
  })

  test('a secret is never repeated in a message', async () => {
    const token = `dapi${'0a'.repeat(16)}`
    const loaded = await load({ [file]: `name: x\ntargets: { dev: { token: ${token}, host: ${token} } }\n` })
    expect(loaded.ok).toBe(false)
    expect(JSON.stringify(loaded)).not.toContain(token)
  })
})

describe('targets', () => {
  const text = project(
    'name: demo',
    'variables: { size: 2 }',
    'targets:',
    '  dev: { host: "${env.HOST}" }',
    '  prod:',
    '    default: true',
    '    host: adb-1.azuredatabricks.net/',
    '    profile: PROD',
    '    protected: true',
    '    variables: { size: 8 }',
    '    workspace: { path: "/Workspace/Shared/${project.name}-${target.name}", exclude: null }',
    '    clusters: { Main: { strategy: edit, libraries: { exclusive: true } }, Other: null }',
    'workspace: { path: /Shared/Demo, exclude: ["*.csv"] }',
    'clusters:',
    '  Main: { spec: clusters/main.json, libraries: { file: libraries/main.yml } }',
    '  Other: { spec: clusters/other.json, adopt: 1121-a }',
    'ci: { default_branch: trunk }',
  )
  const files = {
    [file]: text,
    'workspace/a.csv': 'a\n',
    'pipelines/clusters/other.json': sound['pipelines/clusters/main.json'],
  }

  test('the default one, with everything overridden', async () => {
    const loaded = sane(await load(files))
    expect(loaded.target).toEqual({
      name: 'prod',
      host: 'https://adb-1.azuredatabricks.net',
      profile: 'PROD',
      protected: true,
    })
    expect(loaded.targets).toEqual(['dev', 'prod'])
    expect(loaded.defaultBranch).toBe('trunk')
    expect(loaded.desired.files?.root).toBe('/Shared/demo-prod')
    expect(loaded.desired.files?.files.map(({ path }) => path)).toEqual(['a.csv', 'job.py'])
    expect(
      loaded.desired.clusters.map(({ key, strategy, librariesExclusive }) => [
        key,
        strategy,
        librariesExclusive,
      ]),
    ).toEqual([['Main', 'edit', true]])
  })

  test('another one, by name', async () => {
    const loaded = sane(await load(files, { target: 'dev', env: { HOST: ' https://h.example ' } }))
    expect(loaded.target).toEqual({ name: 'dev', host: 'https://h.example', protected: false })
    expect(loaded.desired.clusters.map(({ key, adopt }) => [key, adopt])).toEqual([
      ['Main', false],
      ['Other', '1121-a'],
    ])
    expect(loaded.desired.files?.files.map(({ path }) => path)).toEqual(['job.py'])
  })

  test('one that is not there', async () => {
    const attempt = load(files, { target: 'prd' })
    await expect(attempt).rejects.toThrow('there is no target «prd» in pipelines/brickrail.yml')
    await expect(attempt).rejects.toMatchObject({ hint: 'targets: dev, prod; did you mean «prod»?', exit: 2 })
  })

  test('none: the embedded workspace', async () => {
    const loaded = sane(await load({ [file]: 'name: x\n' }))
    expect(loaded.target).toEqual({ name: 'local', protected: false })
    expect(loaded.desired).toEqual({ project: 'x', target: 'local', clusters: [] })
  })
})

describe('finding brickrail.yml', () => {
  test('upwards, and names relative to where the command runs', async () => {
    const folder = write(temporary(), { ...sound, [file]: 'name: X\n', 'workspace/deep/a.py': '' })
    const loaded = await loadProject({ cwd: `${folder}/workspace/deep`, env: {}, today: '2026-11-21' })
    expect(faultsOf(loaded)).toEqual(['../../pipelines/brickrail.yml:1:7 bad-name: «X» is not a good name'])
  })

  test('by name', async () => {
    const folder = write(temporary(), { 'other/my.yml': 'name: x\n' })
    const loaded = sane(
      await loadProject({ cwd: folder, file: 'other/my.yml', env: {}, today: '2026-11-21' }),
    )
    expect(loaded.root).toBe(folder)
  })

  test.each([undefined, 'nowhere.yml'])('not there (%s)', async (named) => {
    const options = { cwd: temporary(), env: {}, today: '2026-11-21', ...(named ? { file: named } : {}) }
    const attempt = loadProject(options)
    await expect(attempt).rejects.toBeInstanceOf(Fail)
    await expect(attempt).rejects.toMatchObject({ code: 'USAGE', exit: 2 })
  })
})
