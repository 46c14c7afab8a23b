import { describe, expect, it } from 'vitest'
import type { DesiredFile, LedgerTail, Plan, RecordedFile } from '../../src/plan/state.ts'
import type { ObjectInfo } from '../../src/wire/workspace.ts'
import { deployed, desired, file, notebook, objects, plan, recorded, root } from './build.ts'

interface Case {
  name: string
  files: DesiredFile[]
  /** What is below the folder; undefined: the folder is not there. */
  there?: ObjectInfo[]
  /** What the last deployment recorded. */
  was?: RecordedFile[]
  /** Its folder. */
  wasRoot?: string
  unsettled?: string[]
  exclusive?: boolean
  /** Paths below the folder. */
  steps: string[]
  notes?: number
  warnings?: string[]
  refusals?: number
}

const a = file('a.txt')
const b = notebook('lib/b')
const both = [recorded(a), recorded(b)]
const present = objects(['a.txt', 'lib/', 'lib/b'])
const edited = objects(['a.txt'], 150)

const plain: Case[] = [
  { name: 'a folder that is not there', files: [a, b], steps: ['mkdirs lib', 'upload a.txt lib/b'] },
  { name: 'files at the top of a folder that is not there', files: [a], steps: ['mkdirs .', 'upload a.txt'] },
  { name: 'nothing into a folder that is not there', files: [], steps: [] },
  { name: 'nothing into an empty folder that was never ours', files: [], there: [], steps: [] },
  {
    name: 'all of ours goes, but a folder of somebody keeps the root',
    files: [],
    there: objects(['a.txt', 'theirs/']),
    was: [recorded(a)],
    steps: ['delete a.txt'],
  },
  {
    name: 'all of ours goes, and with it the root',
    files: [],
    there: objects(['a.txt']),
    was: [recorded(a)],
    steps: ['delete a.txt', 'remove-folders .'],
  },
  { name: 'an empty folder', files: [a], there: [], steps: ['upload a.txt'] },
  { name: 'all as recorded', files: [a, b], there: present, was: both, steps: [] },
  {
    name: 'other bytes',
    files: [file('a.txt', { digest: 'new' }), b],
    there: present,
    was: both,
    steps: ['upload a.txt'],
  },
  {
    name: 'another language of a notebook',
    files: [a, notebook('lib/b', { language: 'R' })],
    there: present,
    was: both,
    steps: ['upload lib/b'],
  },
  {
    name: 'another format of a notebook',
    files: [a, notebook('lib/b', { format: 'JUPYTER' })],
    there: present,
    was: both,
    steps: ['upload lib/b'],
  },
  {
    name: 'a file that is not declared any more, and its folder',
    files: [a],
    there: present,
    was: both,
    steps: ['delete lib/b', 'remove-folders lib'],
  },
  {
    name: 'a folder in which somebody has put something stays',
    files: [a],
    there: [...present, ...objects(['lib/theirs'])],
    was: both,
    steps: ['delete lib/b'],
  },
  {
    name: 'nested folders go from the inside',
    files: [],
    there: objects(['x/', 'x/y/', 'x/y/z.txt']),
    was: [recorded(file('x/y/z.txt'))],
    steps: ['delete x/y/z.txt', 'remove-folders x/y x .'],
  },
  {
    name: 'a renamed file: the new one is there before the old one goes',
    files: [file('c.txt')],
    there: objects(['a.txt']),
    was: [recorded(a)],
    steps: ['upload c.txt', 'delete a.txt'],
  },
]

const repairs: Case[] = [
  {
    name: 'a file removed by hand',
    files: [a, b],
    there: objects(['lib/', 'lib/b']),
    was: both,
    steps: ['upload a.txt'],
  },
  {
    name: 'a folder removed by hand',
    files: [a, b],
    there: objects(['a.txt']),
    was: both,
    steps: ['mkdirs lib', 'upload lib/b'],
  },
  { name: 'the whole folder removed by hand', files: [a], was: both, steps: ['mkdirs .', 'upload a.txt'] },
  {
    name: 'a file edited by hand',
    files: [a],
    there: edited,
    was: [recorded(a)],
    steps: ['upload a.txt'],
    notes: 1,
  },
  {
    name: 'a file that a dead run may have written: not called an edit by hand',
    files: [a],
    there: edited,
    was: [recorded(a)],
    unsettled: ['a.txt'],
    steps: ['upload a.txt'],
  },
  {
    name: 'a file that a dead run may have written, even when it looks untouched',
    files: [a],
    there: objects(['a.txt']),
    was: [recorded(a)],
    unsettled: ['a.txt'],
    steps: ['upload a.txt'],
  },
  {
    name: 'a file that only a dead run has brought is ours to delete',
    files: [a],
    there: objects(['a.txt', 'lib/', 'lib/x.txt']),
    was: [recorded(a)],
    unsettled: ['lib/x.txt'],
    steps: ['delete lib/x.txt', 'remove-folders lib'],
  },
]

const foreign: Case[] = [
  {
    name: 'what is not ours stays',
    files: [a],
    there: objects(['a.txt', 'theirs', 'theirs-too/', 'theirs-too/x.txt']),
    was: [recorded(a)],
    steps: [],
  },
  {
    name: 'exclusively, it goes',
    files: [a],
    there: objects(['a.txt', 'theirs', 'deep/', 'deep/x.txt']),
    was: [recorded(a)],
    exclusive: true,
    steps: ['delete theirs deep/x.txt', 'remove-folders deep'],
  },
  {
    name: 'one in our place is overwritten, and told of',
    files: [a],
    there: objects(['a.txt']),
    steps: ['upload a.txt'],
    warnings: ['1 object(s) in /Shared/P are not from this project and are overwritten: a.txt'],
  },
  {
    name: 'one of another type in our place is refused',
    files: [notebook('x')],
    there: objects(['x/', 'x/theirs']),
    steps: ['delete x recursive', 'upload x'],
    refusals: 1,
  },
  {
    name: 'a file of somebody where a folder is to be is refused',
    files: [b],
    there: objects(['lib']),
    steps: ['delete lib', 'mkdirs lib', 'upload lib/b'],
    refusals: 1,
  },
]

const flips: Case[] = [
  {
    name: 'a file becomes a notebook',
    files: [notebook('x')],
    there: [{ path: `${root}/x`, object_type: 'FILE', modified_at: 1 }],
    was: [recorded(file('x'))],
    steps: ['delete x', 'upload x'],
  },
  {
    name: 'a notebook becomes a file',
    files: [file('x')],
    there: [{ path: `${root}/x`, object_type: 'NOTEBOOK', modified_at: 1 }],
    was: [recorded(notebook('x'))],
    steps: ['delete x', 'upload x'],
  },
  {
    name: 'our folder becomes a notebook',
    files: [notebook('lib')],
    there: objects(['lib/', 'lib/b']),
    was: [recorded(b)],
    steps: ['delete lib recursive', 'upload lib'],
  },
  {
    name: 'our notebook becomes a folder',
    files: [b],
    there: objects(['lib']),
    was: [recorded(notebook('lib'))],
    steps: ['delete lib', 'mkdirs lib', 'upload lib/b'],
  },
  {
    name: 'our folder with something foreign inside does not become a notebook',
    files: [notebook('lib')],
    there: objects(['lib/', 'lib/b', 'lib/theirs']),
    was: [recorded(b)],
    steps: ['delete lib recursive', 'upload lib'],
    refusals: 1,
  },
  {
    name: 'exclusively, it does',
    files: [notebook('lib')],
    there: objects(['lib/', 'lib/b', 'lib/theirs']),
    was: [recorded(b)],
    exclusive: true,
    steps: ['delete lib recursive', 'upload lib'],
  },
]

const moved: Case[] = [
  {
    name: 'another folder: what was recorded says nothing of it, and the old one is told of',
    files: [a],
    there: objects(['theirs']),
    was: both,
    wasRoot: '/Shared/Old',
    steps: ['upload a.txt'],
    warnings: ['the folder moves from /Shared/Old to /Shared/P; what is in the old one stays there'],
  },
]

const ledgerOf = ({ was, wasRoot = root, unsettled = [] }: Case): LedgerTail => ({
  number: was ? 1 : 0,
  ...(was ? { closedAt: 100, state: { clusters: {}, files: { root: wasRoot, files: was } } } : {}),
  unsettled: unsettled.length > 0 ? [{ number: 2, paths: unsettled }] : [],
})

const planned = (one: Case): Plan =>
  plan(
    desired({ files: { root, exclusive: one.exclusive ?? false, files: one.files } }),
    deployed({ files: { root, ...(one.there ? { objects: one.there } : {}) }, ledger: ledgerOf(one) }),
  )

const below = (path: string): string => (path === root ? '.' : path.slice(root.length + 1))

const shown = ({ steps }: Plan): string[] =>
  steps.map((step) => {
    const what = step.do.replace('files.', '')
    if (step.do === 'files.upload') return [what, ...step.files.map(({ path }) => path)].join(' ')
    if (step.do === 'files.delete')
      return [
        what,
        ...step.paths.map(({ path, recursive }) => `${below(path)}${recursive ? ' recursive' : ''}`),
      ].join(' ')
    return 'paths' in step ? [what, ...step.paths.map(below)].join(' ') : what
  })

describe.each([
  ['what the repository says', plain],
  ['what happened there', repairs],
  ['what is not ours', foreign],
  ['types', flips],
  ['the folder', moved],
])('planFiles: %s', (_group, cases) => {
  it.each(cases)('$name', (one) => {
    const made = planned(one)
    expect(shown(made)).toEqual(one.steps)
    expect(made.files?.notes).toHaveLength(one.notes ?? 0)
    expect(made.warnings).toEqual(one.warnings ?? [])
    expect(made.refusals).toHaveLength(one.refusals ?? 0)
  })

  it.each(cases)('$name: the summary counts each file once', (one) => {
    const { add = [], update = [], unchanged = 0 } = planned(one).files ?? {}
    expect(add.length + update.length + unchanged).toBe(one.files.length)
  })
})
