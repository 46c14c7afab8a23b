import { expect, it } from 'vitest'
import { phasesOf } from '../../src/apply/phases.ts'
import type { CodeStep, DesiredApp } from '../../src/plan/state-code.ts'
import type { ClusterChange, Plan, Step } from '../../src/plan/state.ts'

const app: DesiredApp = { key: 'model', root: '/code/model', layout: 'versioned', digest: 'd', files: [] }
const wheel = { key: 'tesseract', file: 'w.whl', path: 'dbfs:/w.whl', version: '1', sources: 's' }
const main = { key: 'Main', new: true } as const
const old = { key: 'Old', id: 'old' }

const steps: Step[] = [
  { do: 'cluster.remove', cluster: old, why: 'no longer declared' },
  { do: 'cluster.create', key: 'Main', spec: {}, onFailure: 'keep' },
  { do: 'cluster.wait', cluster: main, until: 'RUNNING' },
  { do: 'files.delete', paths: [{ path: '/a', recursive: true }] },
  { do: 'files.upload', root: '/', files: [] },
  { do: 'files.delete', paths: [{ path: '/stale', recursive: false }] },
  { do: 'package.upload', package: wheel },
  { do: 'app.upload', app, files: [] },
  { do: 'app.point', app },
  { do: 'app.delete', key: 'model', paths: ['/code/model/versions/old/'] },
]

const jobs: CodeStep[] = [
  { do: 'job.create', key: 'train', settings: {} },
  { do: 'job.reset', key: 'score', id: '1', settings: {} },
  { do: 'job.permissions', key: 'score', id: '1', acl: [] },
  { do: 'job.delete', key: 'gone', id: '2', why: '' },
]

const gone: ClusterChange = {
  key: 'Old',
  name: 'Old',
  action: 'delete',
  fields: [],
  restart: false,
  keepsId: false,
  hits: [],
  install: [],
  uninstall: [],
  notes: [],
}

const phases = (all: Step[]) => {
  const plan: Plan = {
    version: 1,
    project: 'p',
    target: 'dev',
    base: 0,
    scope: [],
    declared: '',
    clusters: [gone],
    warnings: [],
    refusals: [],
    steps: all,
    settles: false,
  }
  return phasesOf(plan).map((lanes) =>
    lanes.map((one) => `${one.lane}: ${one.steps.map((step) => step.do).join(' ')}`),
  )
}

it('brings code and clusters before jobs; what jobs used until then goes after them', () => {
  expect(phases([...steps, ...jobs])).toEqual([
    ['package tesseract: package.upload'],
    [
      'cluster Main: cluster.create cluster.wait',
      'files: files.delete files.upload',
      'app model: app.upload app.point',
    ],
    ['job train: job.create', 'job score: job.reset job.permissions'],
    ['job gone: job.delete'],
    ['cluster Old: cluster.remove', 'files: files.delete', 'app model: app.delete'],
  ])
})

it('does all that can be done at once where no job changes', () => {
  expect(
    phases(steps.filter((step) => !step.do.startsWith('app') && !step.do.startsWith('package'))),
  ).toEqual([
    [
      'cluster Old: cluster.remove',
      'cluster Main: cluster.create cluster.wait',
      'files: files.delete files.upload files.delete',
    ],
  ])
})
