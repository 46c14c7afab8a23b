import { describe, expect, it } from 'vitest'
import type { AppPointer, CodeStep, DeployedApp, DesiredApp } from '../../src/plan/state-code.ts'
import type { Deployed, Plan } from '../../src/plan/state.ts'
import { deployed, desired, plan, tools } from './build.ts'

const root = '/datalake/code/model'

/** `a=1 lib/b=2`: paths with their contents. */
const filesOf = (text: string): DesiredApp['files'] =>
  text.split(' ').map((one) => {
    const [path = '', content = ''] = one.split('=')
    return { path, digest: tools.digest(content), size: content.length }
  })

const app = (text: string, layout: DesiredApp['layout'] = 'versioned'): DesiredApp => ({
  key: 'model',
  root,
  layout,
  digest: tools.digest(text),
  files: filesOf(text),
})

const version = (text: string): string => tools.digest(text).slice(0, 16)

const pointer = (text: string, more: Partial<AppPointer> = {}): AppPointer => ({
  project: 'p',
  target: 'dev',
  digest: tools.digest(text),
  path: '',
  files: filesOf(text),
  ...more,
})

/** As a finished deployment has left it: files of time 50, the pointer of time 60. */
const there = (text: string, more: Partial<DeployedApp> = {}): DeployedApp => ({
  key: 'model',
  root,
  names: ['current.json', 'versions'],
  pointer: pointer(text),
  pointedAt: 60,
  files: filesOf(text).map(({ path, size }) => ({ path, size, modified: 50 })),
  versions: [version(text)],
  ...more,
})

const short = (step: CodeStep | Plan['steps'][number]): string => {
  if (step.do === 'app.upload') return `upload ${step.files.map(({ path }) => path).join(' ')}`
  if (step.do === 'app.point') return `point ${step.previous?.digest.slice(0, 16) ?? '-'}`
  return step.do === 'app.delete'
    ? `delete ${step.paths.map((path) => path.replace(root, '')).join(' ')}`
    : step.do
}

const planned = (wanted: DesiredApp | undefined, found: DeployedApp, more: Partial<Deployed> = {}): Plan =>
  plan(desired(wanted ? { apps: [wanted] } : {}), deployed({ apps: [found], ...more }), ['app'])

const stepsOf = (...args: Parameters<typeof planned>): string[] => planned(...args).steps.map(short)

const absent: DeployedApp = { key: 'model', root, versions: [] }
const dead = { ledger: { number: 1, unsettled: [{ number: 1, paths: [] }] } }
const recorded = (text: string, layout: DesiredApp['layout']) => {
  const { key: _key, ...rest } = app(text, layout)
  const apps = { model: { ...rest, files: rest.files.map((file) => ({ ...file, in: 1 })) } }
  return { ledger: { number: 1, unsettled: [], state: { apps } } }
}

describe('versioned apps', () => {
  const now = app('a=1 b=22')
  const old = version('a=0')
  const elsewhere = { files: [], versions: [old] }

  it.each<[string, DeployedApp, string[], Partial<Deployed>?]>([
    ['nothing there', absent, ['upload a b', 'point -']],
    ['as declared', there('a=1 b=22'), []],
    ['another version', there('a=0', elsewhere), ['upload a b', `point ${old}`]],
    [
      'a file is missing',
      there('a=1 b=22', { files: [{ path: 'a', size: 1, modified: 50 }] }),
      ['upload b', 'point -'],
    ],
    [
      'a file has another size',
      there('a=1 b=22', {
        files: filesOf('a=1 b=2').map(({ path, size }) => ({ path, size, modified: 50 })),
      }),
      ['upload b', 'point -'],
    ],
    [
      'a file is newer than the pointer',
      there('a=1 b=22', {
        files: filesOf('a=1 b=22').map(({ path, size }) => ({
          path,
          size,
          modified: path === 'a' ? 61 : 50,
        })),
      }),
      ['upload a', 'point -'],
    ],
    [
      'the version before is declared again',
      there('a=0', {
        ...there('a=1 b=22'),
        pointer: pointer('a=0', { previous: { digest: now.digest, at: 55 } }),
        versions: [old, version('a=1 b=22')],
      }),
      [`point ${old}`],
    ],
    [
      'the version before was written over since',
      there('a=0', {
        ...there('a=1 b=22'),
        pointer: pointer('a=0', { previous: { digest: now.digest, at: 45 } }),
      }),
      ['upload a b', `point ${old}`],
    ],
    [
      'half a version of a run that died',
      there('a=0', { files: [{ path: 'a', size: 1, modified: 70 }], versions: [old, version('a=1 b=22')] }),
      ['upload a b', `point ${old}`],
    ],
    [
      'half another version of a run that died',
      there('a=1 b=22', { versions: [version('a=1 b=22'), '0123456789abcdef'] }),
      ['delete /versions/0123456789abcdef/'],
    ],
    ['a folder that is no version', there('a=1 b=22', { versions: [version('a=1 b=22'), 'mine'] }), []],
    [
      'a version of nobody known',
      { ...absent, names: ['versions'], versions: [old] },
      ['upload a b', 'point -'],
    ],
    [
      'a version of the first run, which died',
      { ...absent, names: ['versions'], versions: [old] },
      ['upload a b', 'point -', `delete /versions/${old}/`],
      dead,
    ],
    [
      'what somebody put into the version',
      there('a=1 b=22', { files: [...(there('a=1 b=22').files ?? []), { path: 'x', size: 1, modified: 9 }] }),
      [`delete /versions/${version('a=1 b=22')}/x`],
    ],
    [
      'what Python put into the version',
      there('a=1 b=22', {
        files: [...(there('a=1 b=22').files ?? []), { path: '__pycache__/a.pyc', size: 1, modified: 99 }],
      }),
      [],
    ],
  ])('%s', (_, found, steps, more) => {
    expect(stepsOf(now, found, more)).toEqual(steps)
  })

  it('names what changes against the version before, and what was edited', () => {
    const { apps } = planned(app('a=1 c=3'), there('a=0 b=2', { files: [], versions: [] }))
    expect(apps).toEqual([
      expect.objectContaining({ action: 'deploy', add: ['c'], update: ['a'], delete: ['b'], unchanged: 0 }),
    ])
    const edited = planned(app('a=1'), there('a=1', { files: [{ path: 'a', size: 1, modified: 99 }] }))
    expect(edited.apps?.[0]?.notes).toEqual([expect.stringContaining('a was edited on DBFS')])
  })

  it('refuses the folder of another project or target, and a pointer that is none', () => {
    const foreign = [pointer('a=1', { project: 'q' }), pointer('a=1', { target: 'prod' })]
    const found: DeployedApp[] = [
      ...foreign.map((one) => there('a=1', { pointer: one })),
      there('a=1', { other: pointer('a=1', { project: 'q' }) }),
      { ...absent, names: ['current.json'], unreadable: true },
    ]
    expect(found.map((one) => planned(now, one).refusals.length)).toEqual([1, 1, 1, 1])
  })

  it('writes a pointer of its own anew when it was torn', () => {
    const torn: DeployedApp = { ...absent, names: ['current.json'], unreadable: true }
    expect(planned(now, torn, dead).refusals).toEqual([])
    expect(stepsOf(now, torn, recorded('a=0', 'versioned'))).toEqual(['upload a b', 'point -'])
  })
})

describe('plain apps', () => {
  const now = app('a=1 b=22', 'plain')
  const plain = (text: string, more: Partial<DeployedApp> = {}) =>
    there(text, { names: ['.brickrail.json'], versions: [], ...more })

  it.each<[string, DeployedApp, string[]]>([
    ['nothing there', absent, ['upload a b', 'point -']],
    ['as declared', plain('a=1 b=22'), []],
    ['a change, an addition, and a stale file', plain('a=0 c=3'), ['upload a b', 'point -', 'delete /c']],
    [
      'files of others',
      plain('a=1 b=22', {
        files: [...(plain('a=1 b=22').files ?? []), { path: 'x', size: 1, modified: 99 }],
      }),
      [],
    ],
    [
      'a deletion that was not finished',
      plain('a=1 b=22', {
        pointer: pointer('a=1 b=22', { stale: ['c', 'd'] }),
        files: [
          ...(plain('a=1 b=22').files ?? []),
          { path: 'c', size: 1, modified: 40 },
          { path: 'd', size: 1, modified: 99 },
        ],
      }),
      ['delete /c'],
    ],
    [
      'the versioned layout was here',
      { ...absent, names: ['current.json', 'versions'], other: pointer('a=1 b=22') },
      ['upload a b', 'point -', 'delete /versions/', 'delete /current.json'],
    ],
  ])('%s', (_, found, steps) => {
    expect(stepsOf(now, found)).toEqual(steps)
  })

  it('warns of what the layout means, and of files of others that are in the way', () => {
    const found = { ...absent, names: ['a'], files: [{ path: 'a', size: 5, modified: 1 }] }
    expect(planned(now, found).warnings).toEqual([
      expect.stringContaining('has the plain layout'),
      expect.stringContaining('are not from this project and are overwritten: a'),
    ])
  })
})

describe('apps that are no longer declared', () => {
  it.each<[DesiredApp['layout'], string[]]>([
    ['versioned', ['delete /current.json', 'delete /versions/', 'delete ']],
    ['plain', ['delete /a /lib/b /lib', 'delete /.brickrail.json', 'delete ']],
  ])('%s: what it was made of goes, the folder only if it is empty', (layout, steps) => {
    expect(stepsOf(undefined, there('a=1 lib/b=2'), recorded('a=1 lib/b=2', layout))).toEqual(steps)
  })

  it('leaves what belongs to another project by now, and what is not there', () => {
    const others = there('a=1', { pointer: pointer('a=1', { project: 'q' }) })
    expect(stepsOf(undefined, others, recorded('a=1', 'versioned'))).toEqual([])
    expect(stepsOf(undefined, absent, recorded('a=1', 'versioned'))).toEqual([])
  })
})
