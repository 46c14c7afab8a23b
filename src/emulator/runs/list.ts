import type { InputOf, OutputOf } from '../../wire/endpoint.ts'
import type { runs } from '../../wire/runs.ts'
import { allows } from '../acl.ts'
import { isOldPath } from '../jobs/shape.ts'
import type { Call } from '../server/call.ts'
import { pageAt } from '../jobs/page.ts'
import { flag, text, whole, type Loose } from '../server/read.ts'
import { badValue } from '../server/refused.ts'
import { findRun } from './record.ts'
import { showRun } from './show.ts'
import { told } from './view.ts'

type Input = Loose<InputOf<typeof runs.list>>

const types = ['JOB_RUN', 'WORKFLOW_RUN', 'SUBMIT_RUN']

const filters = (input: Input): { where: string; values: (string | number)[] } => {
  const active = flag(input.active_only, 'active_only') ?? false
  const completed = flag(input.completed_only, 'completed_only') ?? false
  if (active && completed) throw badValue('Only one of active_only and completed_only may be true')
  const type = text(input.run_type, 'run_type')
  if (type !== undefined && !types.includes(type))
    throw badValue(`${type} is no run_type. Valid values: ${types.join(', ')}`)
  const found: [string, string | number | undefined][] = [
    ['active = ?', active ? 1 : completed ? 0 : undefined],
    ['job = ?', text(input.job_id, 'job_id')],
    ['type = ?', type],
    ['created >= ?', whole(input.start_time_from, 'start_time_from')],
    ['created <= ?', whole(input.start_time_to, 'start_time_to')],
  ]
  const wanted = found.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  return {
    where: wanted.length === 0 ? '' : `WHERE ${wanted.map(({ sql }) => sql).join(' AND ')}`,
    values: wanted.map(({ value }) => value),
  }
}

/** Newest first; runs of jobs that the caller may not see are left out. */
const visible = (call: Call, input: Input): string[] => {
  const { where, values } = filters(input)
  const rows = call.db.all<{ id: string; job: string }>(
    `SELECT id, job FROM job_runs ${where} ORDER BY seq DESC`,
    ...values,
  )
  const known = new Map<string, boolean>()
  return rows
    .filter(({ job }) => {
      const may = known.get(job) ?? allows(call, 'jobs', [`/jobs/${job}`], 'CAN_VIEW')
      known.set(job, may)
      return may
    })
    .map(({ id }) => id)
}

/** Larger pages are refused; 2.0 knows larger ones. */
const most = (path: string): number => (isOldPath(path) ? 1000 : 25)

export const listRuns = (call: Call, input: Input): OutputOf<typeof runs.list> => {
  const limit = { value: input.limit, fallback: 20, most: most(call.path) }
  const { items, ...rest } = pageAt(visible(call, input), call.path, input, limit)
  const expanded = flag(input.expand_tasks, 'expand_tasks') ?? false
  const found = items.flatMap((id) => findRun(call.db, id) ?? [])
  const shown = found.map((run) => showRun(call.db, told(call.db, run), call.path, expanded))
  return shown.length === 0 ? rest : { runs: shown, ...rest }
}
