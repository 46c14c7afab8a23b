import type { ClusterChange, FilesChange, Plan } from '../plan/state.ts'
import { details, joinBlocks, markdownTable } from './markdown.ts'
import { capped, codeBlocks, fileRows, texts, type Texts } from './plan-code-markdown.ts'
import { obstacle } from './plan-lines.ts'
import { actionTitles, isQuiet, notableSteps, summaryLine } from './plan-summary.ts'
import type { Redact } from './redact.ts'
import { libraryName, showValue } from './text.ts'

export interface MarkdownOptions {
  redact: Redact
  /** Bytes. GitHub takes 65,536 characters in a comment and 1 MiB in a job summary, Azure DevOps 150,000, GitLab 1,000,000. */
  limit: number
}

const yes = (value: boolean): string => (value ? 'yes' : 'no')

const clusterTable = (changes: readonly ClusterChange[], say: Texts): string =>
  markdownTable(
    ['cluster', 'action', 'restart', 'id kept', 'libraries', 'hits'],
    capped(
      changes.map((change) => [
        say.text(change.name),
        actionTitles[change.action],
        yes(change.restart),
        change.action === 'create' ? '' : yes(change.keepsId),
        `+${change.install.length} -${change.uninstall.length}`,
        change.hits.map(say.text).join('<br>'),
      ]),
      6,
    ),
  )

const clusterDetails = (plan: Plan, change: ClusterChange, say: Texts, redact: Redact): string[] => {
  const rows = change.fields.map(({ path, old, new: now }) => [
    say.code(path),
    change.action === 'create' ? '' : say.code(showValue(old, redact)),
    say.code(showValue(now, redact)),
  ])
  const libraries = [
    ...change.install.map((library) => ['install', say.code(libraryName(library))]),
    ...change.uninstall.map((library) => ['uninstall', say.code(libraryName(library))]),
  ]
  const sentences = [...notableSteps(plan, change.key), ...change.notes].map((text) => `- ${say.text(text)}`)
  const parts = [
    ...(rows.length > 0 ? [markdownTable(['field', 'old', 'new'], capped(rows, 3))] : []),
    ...(libraries.length > 0 ? [markdownTable(['', 'library'], capped(libraries, 2))] : []),
    ...(sentences.length > 0 ? [sentences.join('\n')] : []),
  ]
  return parts.length === 0 ? [] : [details(`Cluster ${say.text(change.name)}`, parts.join('\n\n'))]
}

const filesDetails = (change: FilesChange, say: Texts): string[] => {
  const rows = fileRows(change, say)
  const notes = change.notes.map((text) => `- ${say.text(text)}`)
  if (rows.length + notes.length === 0) return []
  const counts = `${change.add.length} to add, ${change.update.length} to update, ${change.delete.length} to delete, ${change.unchanged} unchanged`
  const table = rows.length === 0 ? [] : [markdownTable(['', 'file'], capped(rows, 2))]
  return [
    details(`Files in ${say.text(change.root)}: ${counts}`, [...table, notes.join('\n')].join('\n\n').trim()),
  ]
}

const refusals = (plan: Plan, say: Texts): string =>
  plan.refusals.map((one) => `- ❌ ${say.text(obstacle(one))}<br>${say.text(one.hint)}`).join('\n')

/** The sections of a plan: clusters at a glance, warnings, then the details of each; the outcome shows them too. */
export const planBlocks = (plan: Plan, redact: Redact): string[] => {
  const say = texts(redact)
  const changes = plan.clusters.filter((change) => !isQuiet(plan, change))
  return [
    `**${summaryLine(plan)}**`,
    ...(plan.refusals.length > 0 ? [refusals(plan, say)] : []),
    ...(plan.warnings.length > 0 ? [plan.warnings.map((text) => `- ⚠ ${say.text(text)}`).join('\n')] : []),
    ...(changes.length > 0 ? [clusterTable(changes, say)] : []),
    ...changes.flatMap((change) => clusterDetails(plan, change, say, redact)),
    ...(plan.files ? filesDetails(plan.files, say) : []),
    ...codeBlocks(plan, say, redact),
  ]
}

/** A plan as the comment of a merge request or the summary of a job; at most `limit` bytes. */
export const planMarkdown = (plan: Plan, { redact, limit }: MarkdownOptions): string => {
  const say = texts(redact)
  const heading = `### Brickrail plan: ${say.text(plan.project)} to ${say.text(plan.target)}`
  return redact(joinBlocks([heading, ...planBlocks(plan, redact)], limit))
}
