import { Fail } from '../errors.ts'
import type { Host, HostApi } from '../host/host.ts'
import type { Emit, VerdictNews } from '../report/events.ts'
import { outcomeMarkdown } from '../report/outcome-markdown.ts'
import type { Outcome } from '../report/outcome.ts'
import { summaryLine } from '../report/plan-summary.ts'
import type { Redactor } from '../report/redact.ts'
import { verdictLine } from '../report/verdict.ts'
import type { Values } from './args.ts'
import { hostTools } from './host-tools.ts'
import type { World } from './script.ts'

export interface CommentOptions {
  world: World
  host: Pick<Host, 'context' | 'api'>
  redactor: Redactor
  emit: Emit
  values: Values
  outcome: Outcome
}

/** What `--exit-code` throws says that the plan was made: pending changes are what a plan is for. */
const isGood = ({ ok, failure }: Outcome): boolean => ok || failure?.code === 'CHANGES_PENDING'

/** Whether there is what the comment is for, also when a gate has said no. */
const wasMade = (outcome: Outcome): boolean => isGood(outcome) || (outcome.verdicts ?? []).length > 0

/** Unknown when no target was named and the file that has the default cannot be read. */
const targetOf = ({ outcome, values, world }: CommentOptions): string | undefined => {
  const { target: named } = values
  return (
    outcome.plan?.target ?? (typeof named === 'string' ? named : undefined) ?? world.env['BRICKRAIL_TARGET']
  )
}

/** An address in Markdown: nothing in it ends the link. */
const linkable = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) && /^https?:/.test(url)
    ? new URL(url).href.replaceAll('(', '%28').replaceAll(')', '%29')
    : undefined

const footer = ({ context }: Pick<Host, 'context'>, head: string | undefined): string => {
  const commit = (head ?? context.commit)?.slice(0, 8)
  const url = linkable(context.jobUrl ?? context.pipelineUrl)
  const parts = [
    ...(commit !== undefined && /^[\da-f]+$/.test(commit) ? [`commit \`${commit}\``] : []),
    ...(url === undefined ? [] : [`[log of the job](${url})`]),
  ]
  return parts.length === 0 ? '' : `\n---\n\n${parts.join(' · ')}\n`
}

/** The outcome of a command as its comment of the merge request: heading with target, plan, verdicts or failure, and where it came from. */
export const commentMarkdown = (
  options: CommentOptions,
  api: Pick<HostApi, 'commentLimit' | 'head'>,
): string => {
  const { outcome, redactor, host } = options
  const target = targetOf(options)
  const command = target === undefined ? outcome.command : `${outcome.command} for ${target}`
  const { failure, ...rest } = outcome
  const shown = isGood(outcome) ? { ...rest, ok: true, exit: 0 } : { ...rest, ...(failure && { failure }) }
  const end = redactor.redact(footer(host, api.head))
  const limit = api.commentLimit - Buffer.byteLength(end)
  return outcomeMarkdown({ ...shown, command }, { redact: redactor.redact, limit }) + end
}

/** A status has one line: of several models those that are refused come first. */
const verdictsLine = (verdicts: readonly VerdictNews[]): string =>
  [...verdicts.filter(({ verdict }) => !verdict.allows), ...verdicts.filter(({ verdict }) => verdict.allows)]
    .map(verdictLine)
    .join('; ')

const lineOf = (outcome: Outcome): string => {
  const { command, plan, verdicts = [], failure } = outcome
  if (verdicts.length > 0) return verdictsLine(verdicts)
  if (!isGood(outcome)) return failure?.message ?? `${command} failed`
  return plan ? summaryLine(plan) : `${command} was made`
}

const post = async (options: CommentOptions, api: HostApi): Promise<void> => {
  const { outcome, redactor, host, emit } = options
  const target = targetOf(options)
  const name = [outcome.command, ...(target === undefined ? [] : [target])]
  const done = await api.comment(name.join(':'), commentMarkdown(options, api))
  const url = host.context.jobUrl ?? host.context.pipelineUrl
  await api.status({
    name: ['brickrail', ...name].join('/'),
    state: isGood(outcome) ? 'success' : 'failed',
    text: redactor.redact(lineOf(outcome)),
    ...(url === undefined ? {} : { url }),
  })
  emit({
    type: 'notice',
    level: 'info',
    text: `the comment of the merge request was ${done === 'unchanged' ? 'up to date' : done}`,
  })
}

const postIfThere = async (options: CommentOptions): Promise<void> => {
  const api = await options.host.api(hostTools(options))
  if (!('none' in api)) return await post(options, api)
  const { none, hint } = api
  options.emit({
    type: 'notice',
    level: 'warning',
    text: `no comment was made: ${none}`,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Nobody's mistake, and over by itself: what was made is good all the same, and the job's log has it. */
const isOutage = ({ code, context }: Fail): boolean =>
  code === 'CI_UNREACHABLE' || (code === 'CI_REFUSED' && Number(context['status']) >= 500)

/**
 * Comment on the merge request of this job with the outcome of its command (`plan`, `evaluate`), and set the commit's status: one of
 * each for a command and a target, updated in place. A run that was cancelled says nothing: a newer one will.
 * @returns the exit code of the command
 * @throws Fail CI_DENIED, CI_REFUSED, only when there is a plan or a verdict; else, and for an outage of the host, a warning
 */
export const postComment = async (options: CommentOptions): Promise<number> => {
  const { outcome, emit } = options
  if (outcome.failure?.code === 'INTERRUPTED') return outcome.exit
  try {
    await postIfThere(options)
  } catch (error) {
    if (!(error instanceof Fail) || (wasMade(outcome) && !isOutage(error))) throw error
    emit({
      type: 'notice',
      level: 'warning',
      text: `no comment was made: ${error.message}`,
      hint: error.hint,
    })
  }
  return outcome.exit
}
