import type { ClusterChange, FilesChange, Plan } from '../plan/state.ts'
import { appLines, jobLines, packageLines } from './plan-code-text.ts'
import { capped, createdField, field, fileLines, obstacle, sentences } from './plan-lines.ts'
import { actionTitles, isQuiet, notableSteps, summaryLine } from './plan-summary.ts'
import type { Redact } from './redact.ts'
import { block, libraryName } from './text.ts'

const manner = ({ action, restart, keepsId }: ClusterChange): string => {
  if (action === 'none' || action === 'create' || action === 'delete') return actionTitles[action]
  return `${actionTitles[action]}; restart: ${restart ? 'yes' : 'no'}; id kept: ${keepsId ? 'yes' : 'no'}`
}

const cluster = (plan: Plan, change: ClusterChange, redact: Redact): string[] => {
  const id = change.id === undefined ? '' : ` (${change.id})`
  const show = change.action === 'create' ? createdField : field
  return [
    `Cluster ${change.name}${id}: ${manner(change)}`,
    ...capped(change.fields.map((one) => show(one, redact))),
    ...sentences('hits: ', change.hits),
    ...sentences('step: ', notableSteps(plan, change.key)),
    ...capped(change.install.map((library) => `  + library ${redact(libraryName(library))}`)),
    ...capped(change.uninstall.map((library) => `  - library ${redact(libraryName(library))}`)),
    ...sentences('note: ', change.notes),
  ]
}

const files = (change: FilesChange): string[] => {
  const lines = fileLines(change)
  const notes = sentences('note: ', change.notes)
  if (lines.length + notes.length === 0) return []
  return [`Files in ${change.root} (${change.unchanged} unchanged)`, ...lines, ...notes]
}

/**
 * A plan for people, line by line; the last line is the summary. Unchanged clusters without a note are left out.
 * @param redact applied to values before they are shortened
 */
export const planText = (plan: Plan, redact: Redact): string[] =>
  linesOf(plan, redact).flatMap((line) => block(redact(line), '    '))

const linesOf = (plan: Plan, redact: Redact): string[] => [
  ...(plan.packages ?? []).flatMap(packageLines),
  ...plan.clusters
    .filter((change) => !isQuiet(plan, change))
    .flatMap((change) => cluster(plan, change, redact)),
  ...(plan.files ? files(plan.files) : []),
  ...(plan.apps ?? []).flatMap(appLines),
  ...(plan.jobs ?? []).flatMap((change) => jobLines(change, redact)),
  ...plan.warnings.map((text) => `warning: ${text}`),
  ...plan.refusals.flatMap((one) => [`obstacle: ${obstacle(one)}`, `  what to do: ${one.hint}`]),
  summaryLine(plan),
]
