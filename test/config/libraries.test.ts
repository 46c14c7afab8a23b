import { describe, expect, test } from 'vitest'
import { faultsOf, load, sane, warningsOf } from './project.ts'

const file = 'pipelines/libraries/main.yml'
const req = 'pipelines/libraries/requirements.txt'

const good: [name: string, text: string, libraries: unknown[]][] = [
  ['nothing', '', []],
  [
    'texts',
    'pypi: [a==1, "b [x] >= 2"]\ncran: [c]\n',
    [{ pypi: { package: 'a==1' } }, { pypi: { package: 'b[x]>=2' } }, { cran: { package: 'c' } }],
  ],
  [
    'objects of the API',
    'pypi:\n  - { package: a==1, repo: https://i.example }\n',
    [{ pypi: { package: 'a==1', repo: 'https://i.example' } }],
  ],
  [
    'maven',
    'maven:\n  - g:a:1\n  - { coordinates: g:b:1, repo: https://m.example, exclusions: [x:y] }\n',
    [
      { maven: { coordinates: 'g:a:1' } },
      { maven: { coordinates: 'g:b:1', repo: 'https://m.example', exclusions: ['x:y'] } },
    ],
  ],
  [
    'files where a cluster can read them',
    'whl: [/Volumes/a/b/c/x.whl, "/Workspace${workspace.path}/x.whl", dbfs:/x.whl]\njar: [s3://b/x.jar, abfss://c@a.dfs.core.windows.net/x.jar]\n',
    [
      { whl: '/Volumes/a/b/c/x.whl' },
      { whl: '/Workspace/Shared/Demo/x.whl' },
      { whl: 'dbfs:/x.whl' },
      { jar: 's3://b/x.jar' },
      { jar: 'abfss://c@a.dfs.core.windows.net/x.jar' },
    ],
  ],
  [
    'requirements in the workspace',
    'requirements: /Workspace/Shared/r.txt\n',
    [{ requirements: '/Workspace/Shared/r.txt' }],
  ],
]

describe('libraries files', () => {
  test.each(good)('%s', async (_, text, libraries) => {
    expect(sane(await load({ [file]: text })).desired.clusters[0]?.libraries).toEqual(libraries)
  })

  const bad: [name: string, text: string, faults: string[]][] = [
    ['an unknown key', 'pip: [a]\n', ['1:1 unknown-key: unknown key «pip»']],
    ['an egg', 'egg: [dbfs:/x.egg]\n', ['1:1 no-eggs: Databricks runtimes from 14.0 on do not install eggs']],
    ['one text', 'pypi: a==1\n', ['1:7 wrong-type: pypi must be a list, not text']],
    ['a list', '- a\n', ['1:1 wrong-type: the file must be a map, not a list']],
    [
      'an unknown key of a package',
      'pypi:\n  - { pakage: a }\n',
      ['2:5 missing-key: «package» is missing', '2:7 unknown-key: unknown key «pakage»'],
    ],
    ['a number', 'cran: [1]\n', ['1:8 wrong-type: cran.0 must be text or a map, not a number']],
    [
      'the same twice',
      'pypi: [a==1, b==1, A == 1]\n',
      ['1:20 library-once: pypi a is declared already at pipelines/libraries/main.yml:1'],
    ],
    [
      'two versions',
      'pypi:\n  - scikit_learn==1\n  - Scikit-Learn==2\n',
      [
        '3:5 one-version-per-package: pypi scikit-learn is declared with «==2» here and «==1» at pipelines/libraries/main.yml:2',
      ],
    ],
    [
      'two versions of a JAR',
      'maven: [g:a:1, g:a:2]\n',
      [
        '1:16 one-version-per-package: maven g:a is declared with «2» here and «1» at pipelines/libraries/main.yml:1',
      ],
    ],
    [
      'a local wheel',
      'whl: [../dist/x.whl]\n',
      ['1:7 library-path-in-the-workspace: a cluster cannot read «../dist/x.whl»'],
    ],
    [
      'a mounted path',
      'jar: [/dbfs/x.jar]\n',
      ['1:7 library-path-in-the-workspace: a cluster cannot read «/dbfs/x.jar»'],
    ],
    [
      'a JAR among wheels',
      'whl: [dbfs:/x.jar]\n',
      ['1:7 library-file-type: «dbfs:/x.jar» does not end in .whl'],
    ],
    [
      'half coordinates',
      'maven: [jsoup]\n',
      ['1:9 maven-coordinates: «jsoup» is not group:artifact:version'],
    ],
    [
      'no requirements file',
      'requirements: r.txt\n',
      ['1:15 file-not-found: there is no file pipelines/libraries/r.txt'],
    ],
  ]
  test.each(bad)('%s', async (_, text, faults) => {
    expect(faultsOf(await load({ [file]: text }))).toEqual(faults.map((fault) => `${file}:${fault}`))
  })

  const unpinned: [text: string, warnings: string[]][] = [
    ['pypi: [a==1.0, b===2]\n', []],
    [
      'pypi: [a, b>=1, c==1.*]\n',
      ['1:8 unpinned-library: a', '1:11 unpinned-library: b', '1:17 unpinned-library: c'],
    ],
    ['maven: [g:a]\n', ['1:9 unpinned-library: g:a']],
    ['cran: [x]\n', ['1:8 unpinned-library: x']],
  ]
  test.each(unpinned)('unpinned in %j', async (text, warnings) => {
    const found = warningsOf(await load({ [file]: text })).map((warning) =>
      warning.replace(/ (is not|has no) .*/, ''),
    )
    expect(found).toEqual(warnings.map((warning) => `${file}:${warning}`))
  })
})

describe('local requirements', () => {
  const libraries = async (text: string, more: Record<string, string> = {}) =>
    load({ [file]: 'requirements: [requirements.txt]\n', [req]: text, ...more })

  test('lines become pypi libraries; comments, continuations and -r are followed', async () => {
    const text = '\uFEFF# all\r\nnumpy == 1.26.4  # pinned\r\n\npandas[aws]\\\n  ==2.2.0\n-r more/extra.txt\n'
    const loaded = sane(
      await libraries(text, { 'pipelines/libraries/more/extra.txt': 'scipy~=1.11,!=1.11.2\n' }),
    )
    expect(loaded.desired.clusters[0]?.libraries).toEqual([
      { pypi: { package: 'numpy==1.26.4' } },
      { pypi: { package: 'pandas[aws]==2.2.0' } },
      { pypi: { package: 'scipy~=1.11,!=1.11.2' } },
    ])
  })

  const refused: [text: string, fault: string][] = [
    ['a==1 --hash=sha256:00\n', '1:1 requirement-not-plain: hashes cannot be given to a pypi library'],
    [
      '\n  --index-url https://i.example\n',
      '2:3 requirement-not-plain: the option --index-url cannot be given to a pypi library',
    ],
    ['-e .\n', '1:1 requirement-not-plain: the option -e cannot be given to a pypi library'],
    ['a @ https://i.example/a.whl\n', '1:1 requirement-not-plain: a URL cannot be given to a pypi library'],
    [
      'a==1; python_version < "3"\n',
      '1:1 requirement-not-plain: an environment marker cannot be given to a pypi library',
    ],
    ['a b\n', '1:1 requirement-not-plain: «a b» is not a requirement'],
    [
      '-r requirements.txt\n',
      '1:1 requirements-circle: pipelines/libraries/requirements.txt includes itself',
    ],
    ['-r none.txt\n', '1:1 file-not-found: there is no file pipelines/libraries/none.txt'],
    [
      'a==1\na==2\n',
      '2:1 one-version-per-package: pypi a is declared with «==2» here and «==1» at pipelines/libraries/requirements.txt:1',
    ],
  ]
  test.each(refused)('%j', async (text, fault) => {
    expect(faultsOf(await libraries(text))).toEqual([`${req}:${fault}`])
  })
})
