import type { ClusterChange, FieldChange, FilesChange, Plan } from '../plan/state.ts'
import { actionTitles, isQuiet, notableSteps, summaryLine } from './plan-summary.ts'
import type { Redact } from './redact.ts'
import { block, libraryName, showValue } from './text.ts'

/** Lines of one group before «… and N more». */
const most = 20

const capped = (lines: readonly string[]): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `  … and ${lines.length - most} more`]

const field = ({ path, old, new: now }: FieldChange, redact: Redact): string =>
  `  ${path}: ${showValue(old, redact)} -> ${showValue(now, redact)}`

/** A cluster that is created has no old values: its fields are what it will be. */
const createdField = ({ path, new: now }: FieldChange, redact: Redact): string =>
  `  ${path}: ${showValue(now, redact)}`

const manner = ({ action, restart, keepsId }: ClusterChange): string => {
  if (action === 'none' || action === 'create' || action === 'delete') return actionTitles[action]
  return `${actionTitles[action]}; restart: ${restart ? 'yes' : 'no'}; id kept: ${keepsId ? 'yes' : 'no'}`
}

const sentences = (label: string, texts: readonly string[]): string[] =>
  texts.map((text) => `  ${label}${text}`)

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
  const groups: [string, readonly string[]][] = [
    ['+', change.add],
    ['~', change.update],
    ['-', change.delete],
  ]
  const lines = groups.flatMap(([sign, paths]) => capped(paths.map((path) => `  ${sign} ${path}`)))
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
  ...plan.clusters
    .filter((change) => !isQuiet(plan, change))
    .flatMap((change) => cluster(plan, change, redact)),
  ...(plan.files ? files(plan.files) : []),
  ...plan.warnings.map((text) => `warning: ${text}`),
  ...plan.refusals.flatMap(({ what, owner, hint }) => [
    `obstacle: ${what} belongs to ${owner}`,
    `  what to do: ${hint}`,
  ]),
  summaryLine(plan),
]
