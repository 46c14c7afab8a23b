import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../src/ci/github/render.ts'
import { events, type Job, type Pipeline } from '../../src/ci/model.ts'
import { accompanies, jobsFor, type Happening } from '../../src/ci/triggers.ts'
import { happen, ranIn, sorted } from './github-happen.ts'
import { workflowsOf, type Ended } from './github-run.ts'
import { ownJobs, pipelineOf } from './github-sample.ts'

interface Compared {
  choice: string | undefined
  ran: string[]
  expected: string[]
}

/** What the YAML starts, and what the pipeline says; a workflow of nothing but jobs that accompany others is not written. */
const compare = async (pipeline: Pipeline, happening: Happening): Promise<Compared[]> => {
  const { runs, offered } = jobsFor(pipeline, happening)
  const anywhere = jobsFor(pipeline, { event: 'manual' }).offered
  const compared: Compared[] = []
  for (const choice of happening.event === 'manual' ? anywhere : [undefined]) {
    const results = await happen(pipeline, happening, choice)
    const all = [...runs, ...offered.filter((name) => name === choice)]
    const alone = (name: string): boolean => !accompanies(pipeline.jobs.find((job) => job.name === name)!)
    compared.push({
      choice,
      ran: sorted(ranIn(results ?? new Map())),
      expected: sorted(results ? all : all.filter(alone)),
    })
  }
  return compared
}

const ranOf = (compared: readonly Compared[]) => compared.map(({ choice, ran }) => [choice, ran])
const expectedOf = (compared: readonly Compared[]) =>
  compared.map(({ choice, expected }) => [choice, expected])

const happeningsOf = (
  branches: readonly string[],
  changes: readonly Happening['changed'][],
  crons: readonly string[],
): Happening[] => [
  ...branches.flatMap((branch) =>
    changes.map((changed): Happening => ({ event: 'push', branch, ...(changed && { changed }) })),
  ),
  ...branches.map((branch): Happening => ({ event: 'manual', branch })),
  ...[true, false].map((fork): Happening => ({ event: 'merge_request', fork })),
  ...crons.map((schedule): Happening => ({ event: 'schedule', schedule })),
  { event: 'tag' },
]

const changeSets: Happening['changed'][] = [
  ['README.md'],
  ['pipelines/clusters/hello.json'],
  ['pipelines/libraries/hello.yml', 'docs/x.md'],
  ['pipelines/brickrail.yml'],
  ['workspace/notebooks/a.py'],
  ['workspace/notebooks/a.py', 'pipelines/clusters/hello.json'],
  ['workspaces/a.py', 'src/workspace/a.py'],
  [],
  'unknown',
]

describe('the jobs that run', () => {
  const sample = pipelineOf()
  it.each([
    [{ event: 'push', changed: ['README.md'] }, []],
    [
      { event: 'push', changed: ['pipelines/clusters/a.json'] },
      ['check-pipelines', 'validate', 'build-cluster', 'catch-up'],
    ],
    [
      { event: 'push', changed: ['workspace/a.py'] },
      ['check-pipelines', 'validate', 'sync-workspace', 'catch-up'],
    ],
    [
      { event: 'push', changed: 'unknown' },
      ['check-pipelines', 'validate', 'build-cluster', 'sync-workspace', 'catch-up'],
    ],
    [{ event: 'merge_request', fork: false }, ['check-pipelines', 'validate', 'plan']],
    [{ event: 'merge_request', fork: true }, ['check-pipelines', 'validate']],
  ] satisfies [Happening, string[]][])('%j', async (happening, expected) => {
    const results = await happen(sample, happening)
    expect(ranIn(results ?? new Map())).toEqual(expected)
  })

  it('is nothing for a push to another branch', async () => {
    expect(await happen(sample, { event: 'push', branch: 'topic', changed: ['workspace/a.py'] })).toBe(
      undefined,
    )
  })

  it.each([
    ['as it comes', pipelineOf()],
    ['with jobs of a user', pipelineOf(ownJobs)],
    ['without catch-up and drift', pipelineOf({ jobs: { 'catch-up': null, drift: null } })],
    ['without production', pipelineOf({ production: false })],
    ['by identity', pipelineOf({ auth: 'oidc' })],
  ])('is what the spec says, %s', async (_, pipeline) => {
    const crons = pipeline.jobs.flatMap(({ schedule }) => schedule ?? [])
    for (const happening of happeningsOf(['master', 'develop', 'topic'], changeSets, crons)) {
      const compared = await compare(pipeline, happening)
      expect([happening, ranOf(compared)]).toEqual([happening, expectedOf(compared)])
    }
  })
})

const base = pipelineOf()
const crons = ['0 1 * * *', '0 2 * * *']
const paths = ['a/**', 'b/**', 'c.txt']
const some = (items: readonly string[], minLength = 0) => fc.subarray([...items], { minLength })

const jobArbitrary = (index: number): fc.Arbitrary<Job> =>
  fc
    .record({
      on: fc.subarray([...events], { minLength: 1 }),
      branches: some(['master', 'develop'], 1),
      changes: some(paths),
      needs: some(['check-pipelines', ...Array.from({ length: index }, (_, i) => `job-${i}`)]),
      forks: fc.boolean(),
      schedule: fc.constantFrom(...crons),
      lock: fc.constantFrom(undefined, 'p/dev', 'p/prod'),
    })
    .map(({ schedule, lock, ...rest }) => ({
      ...base.jobs[1]!,
      name: `job-${index}`,
      ...rest,
      ...(rest.on.includes('schedule') && rest.on.length < events.length && { schedule }),
      ...(lock && { lock }),
    }))

const pipelineArbitrary: fc.Arbitrary<Pipeline> = fc
  .tuple(...Array.from({ length: 6 }, (_, index) => jobArbitrary(index)))
  .map((jobs) => {
    const all = [{ ...base.jobs[0]!, branches: ['master', 'develop'] }, ...jobs]
    const relevant = [...new Set(all.flatMap((job) => (job.on.includes('push') ? job.changes : [])))]
    return { ...base, jobs: all, relevant }
  })

const anyHappening = fc.constantFrom(
  ...happeningsOf(['master', 'develop', 'topic'], [['a/x'], ['b/x', 'c.txt'], ['d'], 'unknown'], crons),
)

/** Names of all jobs that a job waits for, by the spec, among those that are there. */
const waitsFor = (jobs: readonly Job[], name: string): string[] => {
  const needs = jobs.find((job) => job.name === name)?.needs ?? []
  return needs.flatMap((need) => [need, ...waitsFor(jobs, need)])
}

describe('any pipeline', () => {
  it('starts the jobs that the spec says', async () => {
    const agrees = async (pipeline: Pipeline, happening: Happening): Promise<void> => {
      const compared = await compare(pipeline, happening)
      expect(ranOf(compared)).toEqual(expectedOf(compared))
    }
    await fc.assert(fc.asyncProperty(pipelineArbitrary, anyHappening, agrees), { numRuns: 100 })
  })

  it('stops what needs a job that failed or was cancelled, skipped ones in between or not, and nothing else', async () => {
    const ending = fc.constantFrom('failure' as const, 'cancelled' as const)
    const bad = fc.constantFrom('check-pipelines', 'job-0', 'job-1', 'job-2', 'changes')
    const stops = async (pipeline: Pipeline, happening: Happening, name: string, how: Ended['result']) => {
      const good = await happen(pipeline, happening, 'job-3')
      const results = await happen(pipeline, happening, 'job-3', { [name]: how })
      if (!good || results?.get(name) !== how) return
      const present = pipeline.jobs.filter((job) => results.has(job.name))
      const free = (job: string): boolean => name !== 'changes' && !waitsFor(present, job).includes(name)
      expect(ranIn(results)).toEqual(ranIn(good).filter(free))
    }
    await fc.assert(fc.asyncProperty(pipelineArbitrary, anyHappening, bad, ending, stops), { numRuns: 100 })
  })

  it('never waits for itself, and its jobs of one lock wait for one another', () => {
    const holdsLocks = (pipeline: Pipeline): void => {
      for (const [file, { concurrency, jobs }] of workflowsOf(renderGithub(pipeline))) {
        const groups = Object.values(jobs).map((job) => job.concurrency?.group ?? 'none')
        expect(groups).not.toContain(concurrency?.group)
        const locked = pipeline.jobs.filter(({ name, lock }) => lock !== undefined && jobs[name])
        for (const { name, lock } of locked)
          expect([concurrency?.group, jobs[name]?.concurrency?.group]).toContain(lock)
        const pairs = locked.flatMap((one, index) =>
          locked.slice(index + 1).map((later) => [one, later] as const),
        )
        const together = pairs.filter(
          ([one, later]) =>
            one.lock === later.lock &&
            file !== 'brickrail-manual.yml' &&
            (file !== 'brickrail-schedule.yml' || one.schedule === later.schedule),
        )
        for (const [one, later] of together) expect(ancestorsOf(jobs, later.name)).toContain(one.name)
      }
    }
    fc.assert(fc.property(pipelineArbitrary, holdsLocks), { numRuns: 50 })
  })
})

const ancestorsOf = (jobs: Readonly<Record<string, { needs?: string | string[] }>>, name: string): string[] =>
  [jobs[name]?.needs ?? []].flat().flatMap((need) => [need, ...ancestorsOf(jobs, need)])
