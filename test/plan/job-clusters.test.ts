import { describe, expect, it } from 'vitest'
import type { ObservedCluster } from '../../src/plan/state.ts'
import type { JobUse } from '../../src/plan/state.ts'
import { cluster, desired, ours, plan, spec } from './build.ts'
import { job, ourJob, planJobsOf, settings, task, there } from './job-build.ts'

const ref = '${clusters.Main.id}'
const on = (id: string, fields = {}) => settings({ tasks: [task({ existing_cluster_id: id, ...fields })] })
const use: JobUse = { job_id: 5, name: 'Train', tasks: [task({ existing_cluster_id: 'old' })], whole: false }

const planAll = (
  declared = on(ref),
  observed = on('old'),
  found: ObservedCluster[] = [ours()],
  own = spec(),
) =>
  plan(
    desired({ clusters: [cluster({ spec: own })], jobs: [job({ settings: declared })] }),
    there({ owned: [ourJob(observed)] }, { clusters: [{ key: 'Main', owned: found, unowned: [] }] }),
    ['cluster', 'libraries', 'job'],
  )

const doing = ({ steps }: ReturnType<typeof plan>) => steps.map((step) => step.do)
const idSent = ({ steps }: ReturnType<typeof plan>) =>
  steps.flatMap((step) =>
    'settings' in step ? step.settings.tasks?.map((one) => one.existing_cluster_id) : [],
  )

describe('a job on a cluster of the project', () => {
  it('names the one that stays: no difference', () => {
    expect(doing(planAll())).toEqual([])
  })

  it('names two of them in one text: no difference', () => {
    const both = (ids: string) =>
      settings({ tasks: [task({ spark_python_task: { python_file: '/a.py', parameters: [ids] } })] })
    const second = '${clusters.Second.id}'
    const found = plan(
      desired({
        clusters: [cluster(), cluster({ key: 'Second' })],
        jobs: [job({ settings: both(`${ref},${second}`) })],
      }),
      there(
        { owned: [ourJob(both('old,new'))] },
        {
          clusters: [
            { key: 'Main', owned: [ours()], unowned: [] },
            { key: 'Second', owned: [ours({ id: 'new' })], unowned: [] },
          ],
        },
      ),
      ['job'],
    )
    expect(found.jobs?.[0]?.fields).toEqual([])
  })

  it('is moved to it from another', () => {
    const found = planAll(on(ref), on('1121-000000-other'))
    expect(idSent(found)).toEqual(['old'])
    expect(found.jobs?.[0]?.fields).toEqual([
      { path: 'tasks.main.existing_cluster_id', old: '1121-000000-other', new: ref },
    ])
  })

  it('keeps the reference where the plan creates the cluster', () => {
    const found = planAll(on(ref), on('gone'), [])
    expect(doing(found)).toContain('cluster.create')
    expect(idSent(found)).toEqual([ref])
  })

  const replacedBy = (declared: typeof use.tasks) =>
    planAll(
      settings({ tasks: declared }),
      on('old'),
      [ours({ jobs: [use], state: 'ERROR' })],
      spec({ spark_version: '16.4.x-scala2.13' }),
    )

  it('is rewired by the blue-green change, and not reset besides', () => {
    const found = replacedBy([task({ existing_cluster_id: ref })])
    expect(doing(found)).toContain('cluster.rewire-job')
    expect(doing(found).filter((what) => what.startsWith('job.'))).toEqual([])
  })

  it('is reset as well when other fields differ, on the new cluster', () => {
    const found = replacedBy([task({ existing_cluster_id: ref, max_retries: 2 })])
    expect(idSent(found)).toEqual([ref])
    expect(found.jobs?.[0]?.fields.map(({ path }) => path)).toEqual(['tasks.main.max_retries'])
  })

  it('is reset when it names the replaced cluster in a parameter', () => {
    const withParameter = (id: string) =>
      task({ existing_cluster_id: id, spark_python_task: { python_file: '/a.py', parameters: [id] } })
    const found = planAll(
      settings({ tasks: [withParameter(ref)] }),
      settings({ tasks: [withParameter('old')] }),
      [ours({ jobs: [use], state: 'ERROR' })],
      spec({ spark_version: '16.4.x-scala2.13' }),
    )
    expect(found.jobs?.[0]?.fields.map(({ path }) => path)).toEqual([
      'tasks.main.spark_python_task.parameters',
    ])
  })

  it('is refused alone when the cluster is not there', () => {
    const found = planJobsOf([job({ settings: on(ref) })], there(), { clusters: [cluster()] })
    expect(found.refusals.map(({ what }) => what)).toEqual([
      'cluster Main, which job train names, is not there',
    ])
  })
})

describe('permissions', () => {
  const direct = (user_name: string, permission_level: string) => ({
    user_name,
    all_permissions: [{ permission_level, inherited: false }],
  })
  const inherited = {
    group_name: 'admins',
    all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: true }],
  }
  const view = { user_name: 'ada', permission_level: 'CAN_VIEW' }
  const acl = [direct('bot', 'IS_OWNER'), inherited]
  const planned = (declared: (typeof view)[], observed: object[]) => {
    const { steps, jobs } = planJobsOf(
      [job({ acl: declared })],
      there({ owned: [ourJob(settings(), { acl: observed })] }),
    )
    return { steps, changes: jobs?.[0]?.permissions }
  }

  it('as declared, beside the owner and what is inherited, are not touched', () => {
    expect(planned([view], [...acl, direct('ada', 'CAN_VIEW')])).toEqual({ steps: [], changes: [] })
  })

  it('are set as a whole with the present owner; others lose theirs', () => {
    expect(planned([view], [...acl, direct('eve', 'CAN_MANAGE')])).toEqual({
      steps: [
        {
          do: 'job.permissions',
          key: 'train',
          id: '5',
          acl: [{ user_name: 'bot', permission_level: 'IS_OWNER' }, view],
        },
      ],
      changes: [
        { path: 'ada', old: undefined, new: 'CAN_VIEW' },
        { path: 'eve', old: 'CAN_MANAGE', new: undefined },
      ],
    })
  })

  it('may name another owner: there is exactly one', () => {
    const { steps } = planned([{ user_name: 'ada', permission_level: 'IS_OWNER' }], acl)
    expect(steps).toEqual([
      expect.objectContaining({ acl: [{ user_name: 'ada', permission_level: 'IS_OWNER' }] }),
    ])
  })
})
