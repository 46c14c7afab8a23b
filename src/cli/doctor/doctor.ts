import { textTable, type Column } from '../../report/table.ts'
import type { Session } from '../session.ts'
import { orFinding, type Check, type Finding } from './check.ts'
import { checkClusterRights, checkNodeTypes, checkRuntimes } from './clusters.ts'
import { checkFolders } from './folders.ts'

const checks: readonly { name: string; check: Check }[] = [
  { name: 'clusters', check: checkClusterRights },
  { name: 'node types', check: checkNodeTypes },
  { name: 'runtimes', check: checkRuntimes },
  { name: 'folders', check: checkFolders },
]

/**
 * Examine whether this identity can do what the project needs, before any write.
 * @throws Fail when the workspace cannot be reached or does not accept the credentials: then nothing else can be asked
 */
export const examine = async ({ client, project, host, method }: Session): Promise<Finding[]> => {
  const me = await client.identity.me({})
  const patient = { client, me, desired: project.desired }
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

export const findingsTable = (findings: readonly Finding[]): string => textTable(columns, findings)
