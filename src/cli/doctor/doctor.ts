import { textTable, type Column } from '../../report/table.ts'
import type { Session } from '../session.ts'
import { openModel } from '../model/open.ts'
import { orFinding, type Check, type Finding, type Patient } from './check.ts'
import { checkClusterRights, checkNodeTypes, checkRuntimes } from './clusters.ts'
import { checkDbfs, checkJobs, checkPython } from './code.ts'
import { checkEvidenceFolder } from './evidence.ts'
import { checkFolders } from './folders.ts'
import { checkModels } from './models.ts'

const checks: readonly { name: string; check: Check }[] = [
  { name: 'clusters', check: checkClusterRights },
  { name: 'node types', check: checkNodeTypes },
  { name: 'runtimes', check: checkRuntimes },
  { name: 'folders', check: checkFolders },
  { name: 'DBFS', check: checkDbfs },
  { name: 'jobs', check: checkJobs },
  { name: 'evidence', check: checkEvidenceFolder },
  { name: 'models', check: checkModels },
  { name: 'Python', check: checkPython },
]

/**
 * Examine whether this identity can do what the project needs, before any write.
 * @throws Fail when the workspace cannot be reached or does not accept the credentials: then nothing else can be asked
 */
export const examine = async (session: Session): Promise<Finding[]> => {
  const { run, client, project, host, method } = session
  const me = await client.identity.me({})
  const embedded = project.target.host === undefined
  const patient: Patient = {
    client,
    me,
    embedded,
    desired: project.desired,
    env: run.world.env,
    models: project.models,
    open: (policy) => openModel(session, policy),
  }
  const findings = await Promise.all(checks.map(({ name, check }) => orFinding(name, () => check(patient))))
  return [
    { check: 'project', verdict: 'ok', detail: `${project.name}, target ${project.target.name}` },
    { check: 'workspace', verdict: 'ok', detail: host },
    { check: 'identity', verdict: 'ok', detail: `${me.userName} by ${method}` },
    ...findings.flat(),
  ]
}

const marks = { ok: '✓', warning: '!', failed: '✗', unknown: '?' } as const

const columns: readonly Column<Finding>[] = [
  { title: ' ', value: ({ verdict }) => marks[verdict] },
  { title: 'check', value: ({ check }) => check },
  { title: 'finding', value: ({ detail }) => detail },
  { title: 'what to do', value: ({ fix }) => fix ?? '' },
]

const closing = (findings: readonly Finding[]): string => {
  const open = (['failed', 'warning', 'unknown'] as const).flatMap((verdict) => {
    const n = findings.filter((finding) => finding.verdict === verdict).length
    return n === 0 ? [] : [`${n} ${verdict}`]
  })
  const good = findings.filter(({ verdict }) => verdict === 'ok').length
  return open.length === 0
    ? `all ${findings.length} checks are good`
    : `${good} of ${findings.length} checks are good: ${open.join(', ')}`
}

/** The table, and what it comes to in a line. */
export const findingsText = (findings: readonly Finding[]): string =>
  `${textTable(columns, findings)}\n\n${closing(findings)}`
