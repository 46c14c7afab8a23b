import type { AppChange, JobChange, PackageChange } from '../plan/state-code.ts'
import type { Plan } from '../plan/state.ts'
import { code, details, escapeMarkdown, markdownTable } from './markdown.ts'
import { isQuietJob } from './plan-code-text.ts'
import { jobTitles } from './plan-summary.ts'
import type { Redact } from './redact.ts'
import { shorten, showValue } from './text.ts'

/** Rows of one table; the log has them all. */
const most = 50

/** Redacted first, then shortened, then escaped: each later step could hide a secret from the one before. */
export const texts = (redact: Redact) => ({
  text: (value: string): string => escapeMarkdown(shorten(redact(value), 400)),
  code: (value: string): string => code(shorten(redact(value), 200)),
})

export type Texts = ReturnType<typeof texts>

export const capped = (rows: readonly string[][], columns: number): string[][] => {
  if (rows.length <= most) return [...rows]
  const more = [`… and ${rows.length - most} more`, ...Array.from({ length: columns - 1 }, () => '')]
  return [...rows.slice(0, most), more]
}

type Paths = Readonly<Record<'add' | 'update' | 'delete', readonly string[]>>

export const fileRows = (change: Paths, say: Texts): string[][] => [
  ...change.delete.map((path) => ['delete', say.code(path)]),
  ...change.update.map((path) => ['update', say.code(path)]),
  ...change.add.map((path) => ['add', say.code(path)]),
]

const listed = (sentences: readonly string[], say: Texts): string[] =>
  sentences.length === 0 ? [] : [sentences.map((text) => `- ${say.text(text)}`).join('\n')]

const isBusy = ({ action, notes }: PackageChange | AppChange): boolean =>
  action !== 'none' || notes.length > 0

const codeTable = ({ packages = [], apps = [] }: Plan, say: Texts): string[] => {
  const rows = [
    ...packages
      .filter(isBusy)
      .map((change) => ['package', say.text(change.key), change.action, say.code(change.path)]),
    ...apps
      .filter(isBusy)
      .map((change) => ['app', say.text(change.key), change.action, say.code(`dbfs:${change.root}`)]),
  ]
  return rows.length === 0 ? [] : [markdownTable(['', 'name', 'action', 'where'], capped(rows, 4))]
}

const appDetails = (change: AppChange, say: Texts): string[] => {
  const rows = fileRows(change, say)
  const parts = [
    ...(rows.length > 0 ? [markdownTable(['', 'file'], capped(rows, 2))] : []),
    ...listed(change.notes, say),
  ]
  return parts.length === 0 ? [] : [details(`App ${say.text(change.key)}`, parts.join('\n\n'))]
}

const packageDetails = (change: PackageChange, say: Texts): string[] => {
  const rows = change.delete.map((path) => ['delete', say.code(path)])
  const parts = [
    ...(rows.length > 0 ? [markdownTable(['', 'wheel'], capped(rows, 2))] : []),
    ...listed(change.notes, say),
  ]
  return parts.length === 0 ? [] : [details(`Package ${say.text(change.key)}`, parts.join('\n\n'))]
}

const jobTable = (changes: readonly JobChange[], say: Texts): string[] =>
  changes.length === 0
    ? []
    : [
        markdownTable(
          ['job', 'action', 'hits'],
          capped(
            changes.map(({ name, action, hits }) => [
              say.text(name),
              jobTitles[action],
              hits.map(say.text).join('<br>'),
            ]),
            3,
          ),
        ),
      ]

const jobDetails = (change: JobChange, say: Texts, redact: Redact): string[] => {
  const rights = change.permissions.map((one) => ({ ...one, path: `permissions.${one.path}` }))
  const rows = [...change.fields, ...rights].map(({ path, old, new: now }) => [
    say.code(path),
    change.action === 'create' ? '' : say.code(showValue(old, redact)),
    say.code(showValue(now, redact)),
  ])
  const parts = [
    ...(rows.length > 0 ? [markdownTable(['field', 'old', 'new'], capped(rows, 3))] : []),
    ...listed(change.notes, say),
  ]
  return parts.length === 0 ? [] : [details(`Job ${say.text(change.name)}`, parts.join('\n\n'))]
}

/** Packages, apps and jobs: each kind at a glance, then the details of each. */
export const codeBlocks = (plan: Plan, say: Texts, redact: Redact): string[] => {
  const jobs = (plan.jobs ?? []).filter((change) => !isQuietJob(change))
  return [
    ...codeTable(plan, say),
    ...(plan.packages ?? []).flatMap((change) => packageDetails(change, say)),
    ...(plan.apps ?? []).flatMap((change) => appDetails(change, say)),
    ...jobTable(jobs, say),
    ...jobs.flatMap((change) => jobDetails(change, say, redact)),
  ]
}
