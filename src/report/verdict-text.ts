import type { CheckResult, CheckStatus } from '../plan/state-evidence.ts'
import type { VerdictNews } from './events.ts'
import type { Paint } from './output.ts'
import { textTable, type Column } from './table.ts'
import { block, shorten } from './text.ts'
import { verdictLine } from './verdict.ts'

const longest = { cell: 60, why: 300 }

/** Text of others in a cell: one line, nothing that moves a cursor. */
const cell = (text: string, most: number): string => shorten(block(text, '').join(' '), most)

const columns: readonly Column<CheckResult>[] = [
  { title: 'check', value: ({ check }) => cell(check, longest.cell) },
  { title: 'found', value: ({ found }) => cell(found, longest.cell) },
  { title: 'wanted', value: ({ wanted }) => cell(wanted, longest.cell) },
  { title: 'status', value: ({ status }) => status },
  { title: 'why', value: ({ why = '' }) => cell(why, longest.why) },
]

const styles = {
  failed: 'error',
  waiting: 'warning',
  passed: 'good',
  skipped: 'dim',
} as const satisfies Record<CheckStatus, Parameters<Paint>[0]>

/**
 * A verdict for people, line by line: what it came to, and a table of the checks. Redact it first (see redactVerdict): cells are shortened.
 * @param paint colours a row by its status
 */
export const verdictText = (news: VerdictNews, paint: Paint): string[] => {
  const { checks, why } = news.verdict
  const [header = '', ...rows] = textTable(columns, checks).split('\n')
  return [
    paint('strong', block(verdictLine(news)).join(' ')),
    ...(why === undefined ? [] : block(why).map((line) => `  ${line}`)),
    `  ${header}`,
    ...rows.map((row, index) => `  ${paint(styles[checks[index]?.status ?? 'skipped'], row)}`),
  ]
}
