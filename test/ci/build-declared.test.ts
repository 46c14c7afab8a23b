import { describe, expect, test } from 'vitest'
import { catalog, type Declared } from '../../src/ci/catalog.ts'
import { build, everything, jobNamed, names, own } from './spec.ts'

describe('built-in jobs that a project has if it declares what they are for', () => {
  test.each<[string, readonly Declared[], string[]]>([
    ['nothing', [], ['local-tests', 'deploy-jobs', 'cluster-tests', 'run-job']],
    ['jobs', ['jobs'], ['local-tests', 'cluster-tests']],
    ['tests on this machine', ['local-tests'], ['deploy-jobs', 'cluster-tests', 'run-job']],
    ['tests on a cluster', ['remote-tests'], ['local-tests', 'deploy-jobs', 'run-job']],
  ])('of a project that declares %s', (_name, declares, gone) => {
    const found = names({}, { declares })
    expect(catalog.map(({ name }) => name).filter((name) => !found.includes(name))).toEqual(gone)
  })

  test.each<[string, string]>([
    ['local-tests', 'there is no job local-tests: no suite of `tests` runs on the machine of a CI job'],
    ['cluster-tests', 'there is no job cluster-tests: no suite of `tests` runs on a cluster'],
    ['run-job', 'there is no job run-job: the project declares no jobs, apps or packages'],
  ])('%s cannot be changed where there is none', (name, says) => {
    const { problems } = build({ jobs: { [name]: { timeout: 5 } } })
    expect(problems.map(({ rule, message }) => [rule, message])).toEqual([['unknown-job', says]])
  })

  test.each<[string, string, string[], string[]]>([
    ['local-tests', 'none -', ['test --local'], ['check-pipelines']],
    [
      'deploy-jobs',
      'write dev',
      ['deploy --target dev --lock-timeout 1800'],
      ['check-pipelines', 'validate', 'local-tests'],
    ],
    [
      'cluster-tests',
      'write dev',
      ['test --target dev --remote'],
      ['check-pipelines', 'local-tests', 'build-cluster', 'sync-workspace', 'deploy-jobs', 'catch-up'],
    ],
    ['run-job', 'write dev', ['run --target dev "$JOB_KEY"'], ['check-pipelines']],
  ])('%s: %s', (name, reach, lines, needs) => {
    const job = jobNamed(name, {}, everything)
    expect(`${job.access} ${job.target ?? '-'}`).toBe(reach)
    expect(job.script).toEqual(lines.map((line) => `./node_modules/.bin/brickrail ${line}`))
    expect(job.needs.toSorted()).toEqual(needs.toSorted())
  })

  test("tests on this machine of a job of one's own need no credentials", () => {
    expect(own({ command: 'test --local' }).access).toBe('none')
    expect(own({ command: 'test' }).access).toBe('write')
  })
})
