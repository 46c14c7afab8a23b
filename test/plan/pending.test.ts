import { describe, expect, it } from 'vitest'
import { pendingSince } from '../../src/plan/pending.ts'
import type { Desired, DesiredCluster, DesiredFile, LedgerTail } from '../../src/plan/state.ts'

const cluster = (over: Partial<DesiredCluster> = {}): DesiredCluster => ({
  key: 'Main',
  spec: { spark_version: '15.4.x-scala2.12', num_workers: 1 },
  strategy: 'auto',
  adopt: false,
  libraries: [{ pypi: { package: 'a==1' } }, { pypi: { package: 'b==2' } }],
  librariesExclusive: false,
  ...over,
})
const file = (path: string, digest = 'd1'): DesiredFile => ({
  path,
  source: path,
  type: 'FILE',
  format: 'RAW',
  digest,
  size: 1,
})
const desired = (over: Partial<Desired> = {}): Desired => ({
  project: 'p',
  target: 'dev',
  clusters: [cluster()],
  files: { root: '/Shared/P', exclusive: false, files: [file('a'), file('b')] },
  ...over,
})
const deployed: LedgerTail = {
  number: 4,
  unsettled: [],
  state: {
    clusters: {
      Main: {
        id: '1',
        spec: { num_workers: 1, spark_version: '15.4.x-scala2.12' },
        libraries: [...cluster().libraries].reverse(),
        strategy: 'edit',
      },
    },
    files: {
      root: '/Shared/P',
      files: [file('b'), file('a')].map((one) => ({ ...one, in: 1 })),
    },
  },
}
const files = (...list: DesiredFile[]): Partial<Desired> => ({
  files: { root: '/Shared/P', exclusive: false, files: list },
})

const cases: [string, Desired, LedgerTail, string[]][] = [
  ['as deployed, in another order', desired(), deployed, []],
  [
    'another spec',
    desired({ clusters: [cluster({ spec: { num_workers: 2 } })] }),
    deployed,
    ['the spec of cluster Main has changed'],
  ],
  [
    'another library',
    desired({ clusters: [cluster({ libraries: [] })] }),
    deployed,
    ['the libraries of cluster Main have changed'],
  ],
  [
    'another strategy needs no deployment',
    desired({ clusters: [cluster({ strategy: 'recreate' })] }),
    deployed,
    [],
  ],
  [
    'a cluster more, one less',
    desired({ clusters: [cluster({ key: 'New' })] }),
    deployed,
    ['cluster Main is no longer declared', 'cluster New was not deployed'],
  ],
  ['a changed file', desired(files(file('a', 'd2'), file('b'))), deployed, ['not deployed as they are: a']],
  [
    'a new file, one gone',
    desired(files(file('a'), file('c'))),
    deployed,
    ['not deployed as they are: c', 'no longer declared: b'],
  ],
  [
    'many files',
    desired(files(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((path) => file(path)))),
    deployed,
    ['not deployed as they are: c, d, e and 2 more'],
  ],
  [
    'another folder',
    desired({ files: { root: '/Shared/Q', exclusive: false, files: [] } }),
    deployed,
    ['the folder is /Shared/Q now, not /Shared/P'],
  ],
  [
    'a run that died',
    desired(),
    { ...deployed, unsettled: [{ number: 5, paths: [] }] },
    ['deployment #5 did not finish'],
  ],
  [
    'nothing deployed yet',
    desired(),
    { number: 0, unsettled: [] },
    ['cluster Main was not deployed', 'the files of /Shared/P were not deployed'],
  ],
  [
    'nothing declared, nothing deployed',
    { project: 'p', target: 'dev', clusters: [] },
    { number: 0, unsettled: [] },
    [],
  ],
]

describe('pendingSince', () => {
  it.each(cases)('%s', (_name, declared, tail, expected) => {
    expect(pendingSince(declared, tail)).toEqual(expected)
  })
})
