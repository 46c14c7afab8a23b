import type { AppChange, JobChange, PackageChange } from '../plan/state-code.ts'
import { capped, createdField, field, fileLines, sentences } from './plan-lines.ts'
import { jobTitles } from './plan-summary.ts'
import type { Redact } from './redact.ts'

export const packageLines = (change: PackageChange): string[] => {
  const { key, action, version, path, notes } = change
  if (action === 'none' && notes.length === 0) return []
  const what =
    action === 'upload'
      ? `build ${version} and upload it to ${path}`
      : action === 'none'
        ? 'unchanged'
        : 'delete'
  return [
    `Package ${key}: ${what}`,
    ...capped(change.delete.map((old) => `  - ${old}`)),
    ...sentences('note: ', notes),
  ]
}

export const appLines = (change: AppChange): string[] => {
  const { key, root, action, layout, unchanged, notes } = change
  if (action === 'none' && notes.length === 0) return []
  const what = action === 'none' ? 'unchanged' : action
  return [
    `App ${key} in dbfs:${root} (${layout}, ${unchanged} unchanged): ${what}`,
    ...fileLines(change),
    ...sentences('note: ', notes),
  ]
}

/** Whether there is anything to tell of a job. */
export const isQuietJob = ({ action, hits, notes }: JobChange): boolean =>
  action === 'none' && hits.length + notes.length === 0

export const jobLines = (change: JobChange, redact: Redact): string[] => {
  if (isQuietJob(change)) return []
  const { name, action, id, hits, notes } = change
  const show = action === 'create' ? createdField : field
  const rights = change.permissions.map((one) => ({ ...one, path: `permissions.${one.path}` }))
  return [
    `Job ${name}${id === undefined ? '' : ` (${id})`}: ${jobTitles[action]}`,
    ...capped([...change.fields, ...rights].map((one) => show(one, redact))),
    ...sentences('hits: ', hits),
    ...sentences('note: ', notes),
  ]
}
