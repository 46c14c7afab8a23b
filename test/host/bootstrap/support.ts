import { buildPipeline } from '../../../src/ci/build.ts'
import type { Declared } from '../../../src/ci/built-in.ts'
import type { Host, Pipeline } from '../../../src/ci/model.ts'
import { applySteps, outcomesText, type Outcome } from '../../../src/cli/bootstrap.ts'
import { hostTools } from '../../../src/cli/host-tools.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import type { Run, World } from '../../../src/cli/script.ts'
import type { Bootstrap, Wanted } from '../../../src/host/bootstrap.ts'
import { createRedactor } from '../../../src/report/redact.ts'
import { virtualClock } from '../../support/harness.ts'
import { readCron } from '../../../src/config/ci-cron.ts'
import type { Section } from '../../../src/ci/section.ts'

/** A pipeline of a section `ci`, with the targets local, dev and prod (protected). */
export const pipelineOf = (section: Section = {}, declares: readonly Declared[] = []): Pipeline => {
  const { pipeline, problems } = buildPipeline(
    { hosts: ['gitlab', 'azure', 'github'], default_branch: 'master', ...section },
    {
      project: 'tesseract',
      targets: [
        { name: 'local', remote: false, protected: false, default: true },
        { name: 'dev', remote: true, protected: false, default: false },
        { name: 'prod', remote: true, protected: true, default: false },
      ],
      npmScripts: [],
      declares,
      fileExists: () => true,
      cron: readCron,
      suggest: () => '',
    },
  )
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  return { ...pipeline, version: '0.0.0', digest: '0'.repeat(64) }
}

export const env = {
  DATABRICKS_HOST: 'https://dev.databricks.test',
  DATABRICKS_TOKEN: 'dapi-write-dev-000000',
  BRICKRAIL_PLAN_TOKEN: 'dapi-read-dev-0000000',
  DATABRICKS_HOST_PROD: 'https://prod.databricks.test',
  DATABRICKS_TOKEN_PROD: 'dapi-write-prod-00000',
}

/** What bootstrap wants of a host that a section is for. */
export const of = (host: Host, section: Section, from: Record<string, string>): Wanted =>
  wantedOf(pipelineOf({ ...section, hosts: [host] }), { host, env: from, approvers: ['alice'] })

/** Secrets of jobs without an environment. */
export const notify: Section = {
  secrets: { WEBHOOK: 'told of failures', KEY: 'signs' },
  jobs: {
    notify: { stage: 'test', on: ['push', 'merge_request'], script: ['./notify'], secrets: ['WEBHOOK'] },
    sign: { stage: 'test', on: ['push'], script: ['./sign'], secrets: ['KEY'] },
  },
}

/** Jobs of tags in environments that deploy. */
export const loose: NonNullable<Section['jobs']> = {
  deploy: { stage: 'deploy', on: ['manual'], command: 'deploy', target: 'dev' },
  rel: { stage: 'release', on: ['tag'], command: 'deploy', target: 'prod' },
  look: {
    stage: 'test',
    on: ['tag'],
    script: ['./look'],
    target: 'dev',
    environment: 'dev',
    secrets: ['HOOK'],
  },
}

/** Everything that a run has said, so that a secret in it can be found. */
export const createRun = (
  more: Readonly<Record<string, string>>,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): { run: Run; said: () => string } => {
  const events: unknown[] = []
  const clock = virtualClock()
  const sink = { write: () => true }
  const world: World = {
    env: { ...env, ...more },
    cwd: '/nowhere',
    clock,
    fetch,
    stdout: sink,
    stderr: sink,
    stop: new AbortController().signal,
  }
  const run: Run = {
    name: 'bootstrap',
    world,
    values: {},
    vars: {},
    lists: {},
    words: [],
    emit: (event) => void events.push(event),
    redactor: createRedactor(),
  }
  return { run, said: () => JSON.stringify(events) }
}

export interface Round {
  outcomes: Outcome[]
  /** `state what`, in order. */
  lines: string[]
  text: string
}

/** Look and apply once. */
export const createRound =
  (
    bootstrap: Bootstrap,
    url: string,
    repository: string,
    token: Readonly<Record<string, string>>,
    fetch?: typeof globalThis.fetch,
  ) =>
  async (wanted: Wanted, { rotate = false, dryRun = false } = {}): Promise<Round> => {
    const { run, said } = createRun(token, fetch)
    const steps = await bootstrap(wanted, { url, repository, rotate }, hostTools(run))
    const { outcomes, stopped } = await applySteps(run, steps, dryRun)
    if (stopped !== undefined) throw stopped
    return {
      outcomes,
      lines: outcomes.map(({ state, what }) => `${state}: ${what}`),
      text: `${outcomesText(outcomes, '')}\n${said()}`,
    }
  }

/** Of all values that were given, those that a text shows. */
export const leaked = (text: string): string[] =>
  Object.values(env).filter((value) => value.startsWith('dapi') && text.includes(value))

/** Each once, in alphabetical order. */
export const sorted = (texts: Iterable<string | undefined>): string[] =>
  [...new Set(texts)].map(String).sort()
