import { posix } from 'node:path'
import type { ClusterSuite } from '../../config/tests.ts'
import { Fail } from '../../errors.ts'
import type { Library } from '../../wire/libraries.ts'
import { findCluster } from '../run/find-cluster.ts'
import { statusOf } from '../run/find-file.ts'
import { runNotebook } from '../run/notebook.ts'
import { propose } from '../run/propose.ts'
import type { Session } from '../session.ts'
import type { Attempt } from './attempt.ts'
import { putRunner, readResult } from './runner.ts'

/** For Python 3.8 and later; a cluster that declares its own version of pytest keeps it. */
const pytest: Library = { pypi: { package: 'pytest==8.3.5' } }

const hasPytest = (libraries: readonly Library[]): boolean =>
  libraries.some((one) => 'pypi' in one && /^pytest(?![\w.-])/i.test(one.pypi.package))

const librariesOf = ({ project }: Session, key: string): Library[] => {
  const cluster = project.desired.clusters.find((one) => one.key === key)
  return hasPytest(cluster?.libraries ?? []) ? [] : [pytest]
}

const rootOf = ({ project, place }: Session): string => {
  const root = project.desired.files?.root
  if (root !== undefined) return root
  throw new Fail('USAGE', {
    what: `${place.target} syncs no files, so there are no tests on its clusters`,
    hint: 'add the section workspace',
  })
}

/** @throws Fail NOT_DEPLOYED: pytest would say of a missing folder that it was called wrongly */
const assertThere = async (session: Session, root: string, { path }: ClusterSuite): Promise<void> => {
  if ((await statusOf(session, posix.join(root, path))) !== undefined) return
  const hint = `deploy it first: ${propose(session.project, 'deploy')}`
  throw new Fail('NOT_DEPLOYED', { what: path || root, target: session.place.target, hint })
}

/** Starts one run of the notebook, and reads what it gives back. */
export type RunOnCluster = (only: readonly string[]) => Promise<Attempt>

/**
 * A suite on a cluster of the target: pytest in a notebook that Brickrail has put into the workspace.
 * @throws Fail NOT_DEPLOYED, USAGE
 */
export const onCluster = async (session: Session, suite: ClusterSuite): Promise<RunOnCluster> => {
  const root = rootOf(session)
  const cluster = await findCluster(session, suite.cluster)
  await assertThere(session, root, suite)
  const notebook = await putRunner(session)
  const libraries = librariesOf(session, suite.cluster)
  return async (only) => {
    const parameters = { root, path: suite.path, only: only.length === 0 ? '' : JSON.stringify(only) }
    const { followed, failure } = await runNotebook(session, {
      name: `brickrail test ${suite.name}`,
      what: `suite ${suite.name}`,
      notebook,
      cluster,
      parameters,
      libraries,
      timeout: suite.timeout,
    })
    const [task1] = followed.tasks
    if (failure) {
      const tail = task1?.trace?.split('\n') ?? []
      return { suites: [], ended: failure.message, noReport: 'there is no report', tail }
    }
    return { ...readResult(task1?.result, task1?.result_truncated ?? false), tail: [] }
  }
}
