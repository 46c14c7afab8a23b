import type { ClusterChange, FilesChange, Plan } from '../../src/plan/state.ts'
import type { Output } from '../../src/report/output.ts'

/** A change of one cluster; the fields of interest are given, nothing else differs. */
export const clusterChange = (part: Partial<ClusterChange> = {}): ClusterChange => ({
  key: 'HelloCluster',
  name: 'HelloCluster',
  action: 'none',
  fields: [],
  restart: false,
  keepsId: true,
  hits: [],
  install: [],
  uninstall: [],
  notes: [],
  ...part,
})

export const filesChange = (part: Partial<FilesChange> = {}): FilesChange => ({
  root: '/Shared/HelloWorkspace',
  add: [],
  update: [],
  delete: [],
  unchanged: 0,
  notes: [],
  ...part,
})

export const planOf = (part: Partial<Plan> = {}): Plan => ({
  version: 1,
  project: 'tesseract',
  target: 'dev',
  base: 0,
  scope: ['cluster', 'libraries', 'files'],
  declared: 'd1g35t',
  clusters: [],
  warnings: [],
  refusals: [],
  steps: [],
  settles: false,
  ...part,
})

export interface Recorder extends Output {
  text: () => string
}

/** A stream that remembers what was written. */
export const recorder = (size: { columns?: number; rows?: number } = {}): Recorder => {
  const written: string[] = []
  return { ...size, write: (text: string) => written.push(text), text: () => written.join('') }
}
