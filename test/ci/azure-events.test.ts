import { describe, expect, it } from 'vitest'
import { idOf } from '../../src/ci/azure/names.ts'
import { jobsFor, type Happening } from '../../src/ci/triggers.ts'
import { azure, named, names, spec, type Name } from '../conformance/azure/reading.ts'
import { jobsStarted, type Repository } from '../conformance/azure/service.ts'

const runsOf = (name: Name, happening: Happening, repository: Repository = 'azure-repos'): string[] =>
  named(
    name,
    azure(name)
      .started(happening, repository)
      .flatMap((run) => jobsStarted(run)),
  )

describe('which jobs run', () => {
  const changes: NonNullable<Happening['changed']>[] = [
    ['pipelines/clusters/hello-cluster.json'],
    ['pipelines/clusters/eu/deep.json'],
    ['pipelines/libraries/hello-cluster.yml'],
    ['pipelines/brickrail.yml'],
    ['workspace/notebooks/a.py'],
    ['workspace/a.py', 'pipelines/libraries/x.yml'],
    ['docs/index.md'],
    ['README.md'],
    ['Workspace/a.py'],
    ['other/workspace/a.py'],
    ['workspace-old/a.py'],
    ['pipelines/jobs/train.json'],
    [],
    'unknown',
  ]
  const pushes = ['master', 'develop', 'feature/x'].flatMap((branch) =>
    changes.map((changed): Happening => ({ event: 'push', branch, changed })),
  )
  const others: Happening[] = [
    { event: 'merge_request', fork: false },
    { event: 'merge_request', fork: true },
    { event: 'schedule', schedule: '17 4 * * *' },
    { event: 'schedule', schedule: '0 3 * * 1' },
    { event: 'schedule' },
  ]

  it.each(['plain', 'rich', 'history'] satisfies Name[])('is what the spec says: %s', (name) => {
    for (const happening of [...pushes, ...others]) {
      if (
        happening.schedule !== undefined &&
        !spec(name).jobs.some((job) => job.schedule === happening.schedule)
      )
        continue
      expect([happening, runsOf(name, happening)]).toEqual([happening, jobsFor(spec(name), happening).runs])
    }
  })

  it('is the same where pull requests are started by the file instead of a policy', () => {
    for (const fork of [true, false]) {
      const happening: Happening = { event: 'merge_request', fork }
      expect(runsOf('rich', happening, 'github')).toEqual(jobsFor(spec('rich'), happening).runs)
    }
  })

  it('is known in words, so that nobody need trust two programs to agree', () => {
    const push = (...changed: string[]) => runsOf('plain', { event: 'push', changed })
    expect(push('pipelines/clusters/x.json')).toEqual([
      'check-pipelines',
      'validate',
      'build-cluster',
      'catch-up',
    ])
    expect(push('workspace/x.py')).toEqual(['check-pipelines', 'validate', 'sync-workspace', 'catch-up'])
    expect(push('README.md')).toEqual([])
    expect(runsOf('plain', { event: 'merge_request', fork: true })).toEqual(['check-pipelines', 'validate'])
    expect(runsOf('plain', { event: 'merge_request' })).toEqual(['check-pipelines', 'validate', 'plan'])
    expect(runsOf('plain', { event: 'schedule' })).toEqual(['check-pipelines', 'drift'])
  })

  it.each(['plain', 'rich'] satisfies Name[])('is one of those that a person may choose: %s', (name) => {
    const { byHand, expand } = azure(name)
    const [choice] = expand('azure-pipelines/promote-model.yml').parameters ?? []
    const [nothing, ...choices] = choice?.values ?? []
    const { offered, runs } = jobsFor(spec(name), { event: 'manual' })
    expect([choice?.name, choice?.default, nothing]).toEqual(['job', 'none', 'none'])
    expect(choices).toEqual(offered)
    const started = (job: string, branch: string) =>
      named(name, jobsStarted(byHand('promote-model', branch, { job })))
    expect(started('none', 'master')).toEqual(runs)
    for (const job of choices) {
      expect(started(job, 'master')).toEqual(
        spec(name)
          .jobs.map((one) => one.name)
          .filter((one) => runs.includes(one) || one === job),
      )
      expect(started(job, 'feature/x')).toEqual(
        jobsFor(spec(name), { event: 'manual', branch: 'feature/x' }).runs,
      )
    }
  })

  it('comes to no tag where no job is for tags', () => {
    expect(runsOf('rich', { event: 'tag' })).toEqual(jobsFor(spec('rich'), { event: 'tag' }).runs)
    expect(azure('plain').paths).not.toContain('azure-pipelines/tag.yml')
    expect(azure('plain').started({ event: 'tag' }, 'github')).toEqual([])
  })

  it('has nothing that writes when somebody runs a pipeline by hand on another branch', () => {
    for (const name of names)
      for (const path of azure(name).paths) {
        const file = path.replace(/^.*\/|\.yml$/g, '')
        const choices = azure(name)
          .expand(path)
          .parameters?.find((one) => one.name === 'job')?.values ?? [undefined]
        for (const job of choices) {
          const ids = jobsStarted(azure(name).byHand(file, 'feature/x', job === undefined ? {} : { job }))
          const writing = spec(name).jobs.filter(
            (one) => ids.includes(idOf(one.name)) && one.access === 'write',
          )
          expect([path, job, writing]).toEqual([path, job, []])
        }
      }
  })

  it('stops at a job that failed, and only there', () => {
    const started = (name: Name, happening: Happening, failing: string) =>
      named(
        name,
        azure(name)
          .started(happening, 'azure-repos')
          .flatMap((run) => jobsStarted(run, [failing])),
      )
    const push: Happening = { event: 'push', changed: ['workspace/a.py'] }
    expect(started('plain', push, 'sync_workspace')).toEqual([
      'check-pipelines',
      'validate',
      'sync-workspace',
    ])
    expect(started('plain', push, 'check_pipelines')).toEqual(['check-pipelines'])
    expect(started('rich', { event: 'merge_request' }, 'plan')).not.toContain('after-plan')
    expect(started('rich', { event: 'merge_request', fork: true }, 'lint')).not.toContain('after-plan')
  })
})
