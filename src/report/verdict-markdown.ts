import type { CheckResult, CheckStatus } from '../plan/state-evidence.ts'
import type { VerdictNews } from './events.ts'
import { code, details, escapeMarkdown, joinBlocks, markdownTable } from './markdown.ts'
import type { Redact } from './redact.ts'
import { count, shorten } from './text.ts'
import { redactVerdict, verdictLine } from './verdict.ts'

/** Rows of one table before «… and N more»; a cell may be a sentence of a model's author. */
const most = { rows: 60, cell: 200, why: 600 }

const signs: Readonly<Record<CheckStatus, string>> = {
  failed: '❌ failed',
  waiting: '⏳ waiting',
  passed: '✅ passed',
  skipped: '➖ skipped',
}

const row = ({ check, found, wanted, status, why = '' }: CheckResult): string[] => [
  code(shorten(check, most.cell)),
  escapeMarkdown(shorten(found, most.cell)),
  escapeMarkdown(shorten(wanted, most.cell)),
  signs[status],
  escapeMarkdown(shorten(why, most.why)),
]

const table = (checks: readonly CheckResult[]): string => {
  const rows = checks.slice(0, most.rows).map(row)
  const more = checks.length - rows.length
  return markdownTable(
    ['check', 'found', 'wanted', 'status', 'why'],
    more > 0 ? [...rows, [`… and ${more} more`, '', '', '', '']] : rows,
  )
}

const sign = ({ verdict, allows }: VerdictNews['verdict']): string => {
  if (verdict === 'waiting') return '⏳'
  if (verdict === 'failed') return allows ? '⚠' : '❌'
  return allows ? '✅' : '⚠'
}

/** What stands in the way first and open, the rest behind a click: the limits of hosts cut from the end. */
export const verdictBlocks = (news: VerdictNews, redact: Redact): string[] => {
  const safe = redactVerdict(news, redact)
  const { checks, why } = safe.verdict
  const open = checks.filter(({ status }) => status === 'failed' || status === 'waiting')
  const rest = checks.filter((one) => !open.includes(one))
  const heading = `**${sign(safe.verdict)} ${escapeMarkdown(shorten(verdictLine(safe), 500))}**`
  const because = why === undefined ? '' : `<br>${escapeMarkdown(shorten(why, most.why))}`
  return [
    `${heading}${because}`,
    ...(open.length > 0 ? [table(open)] : []),
    ...(rest.length > 0 ? [details(`${count(rest.length, 'check')} passed or skipped`, table(rest))] : []),
  ]
}

/** A verdict as a part of a comment or summary of its own; at most `limit` bytes. */
export const verdictMarkdown = (
  news: VerdictNews,
  { redact, limit }: { redact: Redact; limit: number },
): string => redact(joinBlocks(verdictBlocks(news, redact), limit))
