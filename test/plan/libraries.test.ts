import { describe, expect, it } from 'vitest'
import { libraryName, planLibraries } from '../../src/plan/libraries.ts'
import type { Library, LibraryStatus } from '../../src/wire/libraries.ts'
import { cluster, desired, frozen, ours, planOne, pypi, spec, status, steps, tailOf } from './build.ts'

interface Case {
  name: string
  wanted: string[]
  there?: Record<string, LibraryStatus>
  /** What the last deployment declared. */
  ours?: string[]
  exclusive?: boolean
  install?: string[]
  uninstall?: string[]
  restart?: boolean
  pending?: boolean
  notes?: string[]
}

const states = (status: LibraryStatus, fields: Partial<Case>): Case => ({
  name: `a declared one that is ${status}`,
  wanted: ['x==1'],
  there: { 'x==1': status },
  ...fields,
})

const cases: Case[] = [
  { name: 'nothing', wanted: [] },
  { name: 'a new one', wanted: ['x==1'], install: ['x==1'] },
  states('INSTALLED', {}),
  states('RESTORED', {}),
  states('PENDING', { pending: true }),
  states('RESOLVING', { pending: true }),
  states('INSTALLING', { pending: true }),
  states('FAILED', { install: ['x==1'], notes: ['pypi x==1 FAILED last time and is tried again'] }),
  states('SKIPPED', { install: ['x==1'] }),
  states('UNINSTALL_ON_RESTART', { install: ['x==1'] }),
  {
    name: 'one that we no longer declare',
    wanted: [],
    there: { 'x==1': 'INSTALLED' },
    ours: ['x==1'],
    uninstall: ['x==1'],
  },
  {
    name: 'one that somebody else installed',
    wanted: ['y'],
    there: { y: 'INSTALLED', x: 'INSTALLED' },
    ours: ['y'],
  },
  {
    name: 'the same, exclusively',
    wanted: ['y'],
    there: { y: 'INSTALLED', x: 'FAILED' },
    exclusive: true,
    uninstall: ['x'],
  },
  {
    name: 'one that goes at the next restart',
    wanted: [],
    there: { x: 'UNINSTALL_ON_RESTART' },
    ours: ['x'],
  },
  {
    name: 'another version: the old one is loaded until a restart',
    wanted: ['x==2'],
    there: { 'x==1': 'INSTALLED' },
    ours: ['x==1'],
    install: ['x==2'],
    uninstall: ['x==1'],
    restart: true,
  },
  {
    name: 'another spelling of the same package, by the rules of PEP 503',
    wanted: ['Python_TDS>=2'],
    there: { 'python-tds==1': 'INSTALLED' },
    ours: ['python-tds==1'],
    install: ['Python_TDS>=2'],
    uninstall: ['python-tds==1'],
    restart: true,
  },
  {
    name: 'a version with extras',
    wanted: ['x[all]==2'],
    there: { 'x==1': 'INSTALLED' },
    ours: ['x==1'],
    install: ['x[all]==2'],
    uninstall: ['x==1'],
    restart: true,
  },
  {
    name: 'a dead run has marked the old version and not restarted yet',
    wanted: ['x==2'],
    there: { 'x==1': 'UNINSTALL_ON_RESTART', 'x==2': 'INSTALLED' },
    restart: true,
  },
  {
    name: 'packages whose names begin alike are two',
    wanted: ['xy==1'],
    there: { 'x==1': 'INSTALLED' },
    ours: ['x==1'],
    install: ['xy==1'],
    uninstall: ['x==1'],
  },
  {
    name: 'another version that somebody else installed is left, and so is its process',
    wanted: ['x==2'],
    there: { 'x==1': 'INSTALLED' },
    install: ['x==2'],
  },
]

describe('planLibraries', () => {
  it.each(cases)('$name', (one) => {
    const observed = Object.entries(one.there ?? {}).map(([name, state]) => status(name, state))
    const wanted = { libraries: one.wanted.map(pypi), librariesExclusive: one.exclusive ?? false }
    const change = planLibraries(frozen(wanted), frozen(observed), frozen((one.ours ?? []).map(pypi)))
    expect(change).toEqual({
      wanted: one.wanted.map(pypi),
      install: (one.install ?? []).map(pypi),
      uninstall: (one.uninstall ?? []).map(pypi),
      restart: one.restart ?? false,
      pending: one.pending ?? false,
      notes: one.notes ?? [],
    })
  })

  it('never uninstalls a library of all clusters', () => {
    const there = [{ ...status('x', 'INSTALLED'), is_library_for_all_clusters: true }]
    const change = planLibraries({ libraries: [], librariesExclusive: true }, there, [pypi('x')])
    expect(change.uninstall).toEqual([])
  })

  it('sees no difference in the order of members', () => {
    const wanted: Library = { pypi: { package: 'x', repo: 'https://pypi.example' } }
    const there: Library = { pypi: { repo: 'https://pypi.example', package: 'x' } }
    const observed = [{ library: there, status: 'INSTALLED' as const }]
    const change = planLibraries({ libraries: [wanted], librariesExclusive: true }, observed, [])
    expect(change).toMatchObject({ install: [], uninstall: [] })
  })

  it('sees another repo as another library', () => {
    const observed = [status('x', 'INSTALLED')]
    const wanted = { pypi: { package: 'x', repo: 'https://pypi.example' } }
    const change = planLibraries({ libraries: [wanted], librariesExclusive: false }, observed, [pypi('x')])
    expect(change).toMatchObject({ install: [wanted], uninstall: [pypi('x')], restart: true })
  })

  it.each([
    [{ maven: { coordinates: 'a:b:1' } }, { maven: { coordinates: 'a:b:2' } }, true],
    [{ maven: { coordinates: 'a:b:1' } }, { maven: { coordinates: 'a:c:1' } }, false],
    [{ whl: 'dbfs:/x-1.whl' }, { whl: 'dbfs:/x-2.whl' }, false],
    [{ cran: { package: 'x' } }, { cran: { package: 'x', repo: 'https://r.example' } }, true],
  ] as [Library, Library, boolean][])('%j -> %j restarts: %s', (before, after, restart) => {
    const observed = [{ library: before, status: 'INSTALLED' as const }]
    const wanted = { libraries: [after], librariesExclusive: false }
    expect(planLibraries(wanted, observed, [before]).restart).toBe(restart)
  })
})

describe('libraryName', () => {
  const names: [Library, string][] = [
    [pypi('x==1'), 'pypi x==1'],
    [{ cran: { package: 'tidyverse' } }, 'cran tidyverse'],
    [{ maven: { coordinates: 'a:b:1' } }, 'maven a:b:1'],
    [{ whl: 'dbfs:/x.whl' }, 'whl dbfs:/x.whl'],
  ]
  it.each(names)('%j is %s', (library, name) => {
    expect(libraryName(library)).toBe(name)
  })
})

describe('steps of a library change', () => {
  const was = cluster({ libraries: [pypi('x==1')] })
  const ledger = tailOf(desired({ clusters: [was] }))
  const installed = [status('x==1', 'INSTALLED')]
  const bumped = (fields = {}) => cluster({ libraries: [pypi('x==2')], ...fields })

  const rows: [string, Parameters<typeof planOne>[0], Parameters<typeof ours>[0], string[]][] = [
    [
      'a new version on a running cluster',
      bumped(),
      {},
      [
        'libraries.uninstall old',
        'restart old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [
      'with an edit, whose restart is enough',
      bumped({ spec: spec({ spark_conf: { a: '1' } }) }),
      {},
      [
        'libraries.uninstall old',
        'edit old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [
      'with a resize, which needs its own restart',
      bumped({ spec: spec({ num_workers: 9 }) }),
      {},
      [
        'libraries.uninstall old',
        'resize old',
        'wait old RUNNING',
        'restart old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [
      'on a terminated cluster, whose start is enough',
      bumped(),
      { state: 'TERMINATED' },
      [
        'libraries.uninstall old',
        'start old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [
      'on one that failed to start, which is started once',
      bumped(),
      { state: 'TERMINATED', details: { termination_reason: { code: 'X', type: 'CLOUD_FAILURE' } } },
      [
        'libraries.uninstall old',
        'start old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    [
      'on one that is starting',
      bumped(),
      { state: 'PENDING' },
      [
        'libraries.uninstall old',
        'wait old RUNNING',
        'restart old',
        'wait old RUNNING',
        'libraries.install old',
        'libraries.wait old',
      ],
    ],
    ['a removed one needs no restart', cluster(), {}, ['libraries.uninstall old']],
    ['a removed one starts nothing', cluster(), { state: 'TERMINATED' }, ['libraries.uninstall old']],
  ]
  it.each(rows)('%s', (_name, wanted, there, expected) => {
    const plan = planOne(wanted, { owned: [ours({ libraries: installed, ...there })] }, { ledger })
    expect(steps(plan)).toEqual(expected)
    const up = !['TERMINATED'].includes(there?.state ?? 'RUNNING')
    const restarts = expected.some((step) => step === 'restart old' || step === 'edit old')
    expect(plan.clusters[0]?.restart).toBe(up && restarts)
  })

  it('one that is on its way is waited for, and that is no write', () => {
    const there = ours({ libraries: [status('x==1', 'INSTALLING')] })
    expect(steps(planOne(was, { owned: [there] }, { ledger }))).toEqual(['libraries.wait old'])
  })

  it('a replacement gets what others had installed on the old one, too', () => {
    const libraries = [...installed, status('theirs', 'INSTALLED'), status('gone', 'UNINSTALL_ON_RESTART')]
    const wanted = bumped({ strategy: 'recreate', spec: spec({ spark_conf: { a: '1' } }) })
    const plan = planOne(wanted, { owned: [ours({ libraries })] }, { ledger })
    expect(plan.clusters[0]?.install).toEqual([pypi('x==2'), pypi('theirs')])
    expect(plan.clusters[0]?.uninstall).toEqual([])
  })

  it('exclusively, it does not', () => {
    const libraries = [...installed, status('theirs', 'INSTALLED')]
    const wanted = bumped({
      strategy: 'recreate',
      librariesExclusive: true,
      spec: spec({ spark_conf: { a: '1' } }),
    })
    const plan = planOne(wanted, { owned: [ours({ libraries })] }, { ledger })
    expect(plan.clusters[0]?.install).toEqual([pypi('x==2')])
  })
})
