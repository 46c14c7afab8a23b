import { createHash } from 'node:crypto'
import type { Project } from '../config/load.ts'
import { clusterFields } from '../config/cluster/fields.ts'
import { Fail, invalid, type Fault } from '../errors.ts'
import type { PlanTools } from '../plan/fields.ts'
import type { LedgerPlace } from '../ledger/record.ts'
import { detectHost } from '../host/detect.ts'
import { connect, type Workspace } from './connect.ts'
import { headOf, lastChangeOf } from './git.ts'
import type { Run } from './script.ts'

/** A loaded project, and the workspace of its target. */
export interface Session extends Workspace {
  run: Run
  project: Project
  place: LedgerPlace
}

export const planTools: PlanTools = {
  fields: clusterFields,
  digest: (text) => createHash('sha256').update(text).digest('hex'),
}

const textOf = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)

/** Most likely a slip of the pen, and nobody would see what comes of it: said even with --quiet. */
const slips: ReadonlySet<string> = new Set(['unknown-job-field', 'overlay-without-target'])
const isSlip = ({ rule }: Fault): boolean => slips.has(rule)

/** Commands without --quiet only look back: what the files hold was said when they were deployed. */
const worthSaying = (warnings: readonly Fault[], { quiet }: Run['values']): readonly Fault[] => {
  if (quiet === undefined) return []
  return quiet === false ? warnings : warnings.filter(isSlip)
}

/** More than these are for those who check the files; for others they hide what the command has to say. */
const most = 3

const warn = (warnings: readonly Fault[], all: boolean, emit: Run['emit']): void => {
  const others = warnings.filter((fault) => !isSlip(fault))
  const listed = all || others.length <= most ? warnings : warnings.filter(isSlip)
  for (const fault of listed) emit({ type: 'warning', fault })
  if (listed.length < warnings.length) {
    const text = `${others.length} warnings about the files of the project: \`brickrail validate\` lists them`
    emit({ type: 'notice', level: 'info', text })
  }
}

/**
 * config: read the project of this run; warnings are reported, all faults are thrown as one. `offline`: the host of the
 * workspace need not be known.
 * @throws Fail CONFIG_INVALID, USAGE, TARGET_UNKNOWN
 */
export const openProject = async (
  { world, values, vars, emit }: Run,
  { offline }: { offline?: boolean } = {},
): Promise<Project> => {
  const [file, target] = [textOf(values['file']), textOf(values['target']) ?? world.env['BRICKRAIL_TARGET']]
  // Loaded here: --help need not wait for a YAML parser.
  const { loadProject } = await import('../config/load.ts')
  const loaded = await loadProject({
    cwd: world.cwd,
    env: world.env,
    vars,
    today: new Date(world.clock.now()).toISOString().slice(0, 10),
    commit: () => detectHost(world.env).commit ?? headOf(world.cwd),
    lastChange: lastChangeOf,
    ...(file === undefined ? {} : { file }),
    ...(target ? { target } : {}),
    ...(offline === undefined ? {} : { offline }),
  })
  warn(worthSaying(loaded.warnings, values), offline === true, emit)
  if (!loaded.ok) throw invalid(loaded.faults)
  return loaded.project
}

/** Who lacks a right is asked only when one is lacking. */
const withName = async ({ lastWords }: Workspace, error: unknown): Promise<unknown> => {
  if (!(error instanceof Fail) || error.code !== 'PERMISSION_DENIED') return error
  const who = await lastWords.identity.me({}).then(
    ({ userName }) => userName,
    () => 'this identity',
  )
  return new Fail('PERMISSION_DENIED', { ...error.context, who }, { cause: error })
}

/** Load the project, connect to its target, do the work, and disconnect whatever happens. */
export const withSession = async <T>(run: Run, work: (session: Session) => Promise<T>): Promise<T> => {
  const project = await openProject(run)
  const workspace = await connect(run, project)
  try {
    const { project: name, target } = project.desired
    return await work({ ...workspace, run, project, place: { project: name, target } })
  } catch (error) {
    throw await withName(workspace, error)
  } finally {
    await workspace.close()
  }
}
