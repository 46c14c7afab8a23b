import { details, escapeMarkdown, joinBlocks, preformatted } from './markdown.ts'
import type { Failure, Outcome, Warning } from './outcome.ts'
import { planBlocks, type MarkdownOptions } from './plan-markdown.ts'
import type { Redact } from './redact.ts'
import { faultLines, shorten } from './text.ts'
import { verdictBlocks } from './verdict-markdown.ts'

/** Faults and warnings shown one by one. */
const most = 50

const list = <T>(items: readonly T[], show: (item: T) => string): string => {
  const lines = items.slice(0, most).map((item) => `- ${show(item)}`)
  if (items.length > most) lines.push(`- … and ${items.length - most} more`)
  return lines.join('\n')
}

const safe = (text: string, redact: Redact, max = 2000): string => escapeMarkdown(shorten(redact(text), max))

const warning = ({ message, hint, file, line }: Warning, redact: Redact): string => {
  const place = file === undefined ? '' : `${file}${line ? `:${line}` : ''}: `
  return `⚠ ${safe(`${place}${message}`, redact)}${hint ? `<br>${safe(hint, redact)}` : ''}`
}

const failureBlocks = ({ message, hint, faults }: Failure, redact: Redact): string[] => [
  `**error:** ${safe(message, redact)}<br>**what to do:** ${safe(hint, redact)}`,
  ...(faults.length > 0 ? [list(faults, (fault) => safe(faultLines(fault).join('\n'), redact))] : []),
]

/** How a run ended, as the comment of a merge request or the summary of a job; at most `limit` bytes. */
export const outcomeMarkdown = (outcome: Outcome, { redact, limit }: MarkdownOptions): string => {
  const { command, ok, exit, plan, verdicts = [], text, warnings, failure } = outcome
  const mark = ok ? '✅' : '❌'
  const blocks = [
    `### ${mark} Brickrail ${safe(command, redact)}${ok ? '' : ` (exit ${exit})`}`,
    ...(failure ? failureBlocks(failure, redact) : []),
    ...verdicts.flatMap((one) => verdictBlocks(one, redact)),
    ...(text ? [preformatted(shorten(redact(text), 20_000))] : []),
    ...(warnings.length > 0
      ? [
          details(
            `${warnings.length} warning(s)`,
            list(warnings, (one) => warning(one, redact)),
          ),
        ]
      : []),
    ...(plan ? planBlocks(plan, redact) : []),
  ]
  return redact(joinBlocks(blocks, limit))
}
