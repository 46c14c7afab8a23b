import type { ClusterRef, Step } from '../plan/state.ts'

const nameOf = (cluster: ClusterRef): string =>
  'id' in cluster ? `${cluster.key} (${cluster.id})` : cluster.key

const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`

/** A step in words, as the task of a progress display. */
export const titleOf = (step: Step): string => {
  switch (step.do) {
    case 'cluster.create':
      return `create cluster ${step.key}`
    case 'cluster.edit':
      return `edit cluster ${nameOf(step.cluster)}`
    case 'cluster.resize':
      return `resize cluster ${nameOf(step.cluster)}`
    case 'cluster.start':
      return `start cluster ${nameOf(step.cluster)}`
    case 'cluster.restart':
      return `restart cluster ${nameOf(step.cluster)}`
    case 'cluster.wait':
      return `wait for cluster ${nameOf(step.cluster)} to be ${step.until === 'RUNNING' ? 'RUNNING' : 'stable'}`
    case 'cluster.pin':
      return `pin cluster ${nameOf(step.cluster)}`
    case 'cluster.unpin':
      return `unpin cluster ${nameOf(step.cluster)}`
    case 'cluster.copy-acl':
      return `copy permissions to cluster ${nameOf(step.cluster)}`
    case 'cluster.rewire-job':
      return `rewire job ${step.job.name} to cluster ${nameOf(step.cluster)}`
    case 'cluster.remove':
      return `remove cluster ${nameOf(step.cluster)}: ${step.why}`
    case 'libraries.install':
      return `install ${count(step.libraries.length, 'library', 'libraries')} on ${nameOf(step.cluster)}`
    case 'libraries.uninstall':
      return `uninstall ${count(step.libraries.length, 'library', 'libraries')} from ${nameOf(step.cluster)}`
    case 'libraries.wait':
      return `wait for ${count(step.libraries.length, 'library', 'libraries')} on ${nameOf(step.cluster)}`
    case 'files.mkdirs':
      return `make ${count(step.paths.length, 'folder')}`
    case 'files.upload':
      return `upload ${count(step.files.length, 'file')} to ${step.root}`
    case 'files.delete':
      return `delete ${count(step.paths.length, 'stale file')}`
    case 'files.remove-folders':
      return `remove ${count(step.paths.length, 'empty folder')}`
    case 'package.upload':
      return `build package ${step.package.key} ${step.package.version} and upload it`
    case 'package.delete':
      return `delete ${count(step.paths.length, 'old wheel')} of package ${step.key}`
    case 'app.upload':
      return `upload ${count(step.files.length, 'file')} of app ${step.app.key}`
    case 'app.point':
      return step.app.layout === 'plain'
        ? `write the manifest of app ${step.app.key}`
        : `point app ${step.app.key} to version ${step.app.digest.slice(0, 16)}`
    case 'app.delete':
      return `delete ${step.paths.length === 1 ? `dbfs:${step.paths[0]}` : count(step.paths.length, 'stale path')} of app ${step.key}`
    case 'job.create':
      return `create job ${step.key}`
    case 'job.reset':
      return `reset job ${step.key} (${step.id})`
    case 'job.permissions':
      return `set permissions of job ${step.key}`
    case 'job.delete':
      return `delete job ${step.key} (${step.id}): ${step.why}`
  }
}
