import type { Job } from '../model.ts'

/** Words of Azure's own: https://learn.microsoft.com/en-us/azure/devops/pipelines/process/deployment-jobs */
const keywords = new Set(['deploy', 'deployment'])

/** Ids of jobs and stages are letters, digits and _. */
export const idOf = (name: string): string => {
  const id = name.replaceAll('-', '_')
  return keywords.has(id) ? `_${id}` : id
}

/** Name of every job's script step; outputs are found by it. */
export const scriptStep = 'run'

/** A text that nobody but people shall read: `${{` in it begins no template expression. */
export const literal = (text: string): string => text.replaceAll('${{', "${{ '${{' }}")

/** Text in an expression. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Whether the job is recorded by its environment, and waits for the environment's approvals and lock. Credentials that
 * only read need neither.
 */
export const isDeployment = (job: Job): job is Job & { environment: string } =>
  job.environment !== undefined && (job.access !== 'read' || job.approval)
