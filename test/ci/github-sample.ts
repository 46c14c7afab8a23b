import { expect } from 'vitest'
import { buildPipeline } from '../../src/ci/build.ts'
import { renderGithub } from '../../src/ci/github/render.ts'
import type { Pipeline } from '../../src/ci/model.ts'
import type { Facts, Section } from '../../src/ci/section.ts'
import { workflowsOf, type WorkflowFile, type WorkflowJob } from './github-run.ts'

const facts: Facts = {
  project: 'tesseract',
  targets: [
    { name: 'local', remote: false, protected: false, default: true },
    { name: 'dev', remote: true, protected: false, default: false },
    { name: 'prod', remote: true, protected: true, default: false },
    { name: 'us-west', remote: true, protected: false, default: false },
  ],
  npmScripts: ['train', 'score', 'test'],
  fileExists: () => true,
  cron: () => ({ shortestMinutes: 1440 }),
  suggest: () => '',
}

/** A pipeline as the spec makes it, for GitHub alone unless the section says otherwise. */
export const pipelineOf = (section: Section = {}, more: Partial<Facts> = {}): Pipeline => {
  const { pipeline, problems } = buildPipeline(
    { hosts: ['github'], default_branch: 'master', ...section },
    { ...facts, ...more },
  )
  expect(problems).toEqual([])
  return { ...pipeline, version: '1.2.3', digest: 'ab12'.repeat(16) }
}

export const workflowOf = (pipeline: Pipeline, kind: string): WorkflowFile => {
  const found = workflowsOf(renderGithub(pipeline)).get(`brickrail-${kind}.yml`)
  if (!found) throw new Error(`there is no workflow for ${kind}`)
  return found
}

export const jobsOf = (workflows: Iterable<WorkflowFile>): [string, WorkflowJob][] =>
  [...workflows].flatMap(({ jobs }) => Object.entries(jobs))

/** The step after checkout, Node and installation. */
export const scriptOf = ({ steps }: WorkflowJob) =>
  steps.find(({ run }, index) => run !== undefined && index > 2)

/** Jobs of a user's own, of every kind. */
export const ownJobs: Section = {
  secrets: { MAPS_KEY: 'key of the maps service' },
  jobs: {
    train: {
      about: 'Train the model',
      on: ['push'],
      needs: ['check-pipelines', 'sync-workspace'],
      script: ['set -u', 'npm run train'],
      target: 'dev',
      access: 'write',
      secrets: ['MAPS_KEY'],
      variables: { EPOCHS: 3, VERBOSE: true },
      artifacts: ['models/**', '.cache/report'],
      junit: 'reports/*.xml',
      outputs: ['model_version'],
      timeout: 120,
      runs_on: 'ubuntu-22.04',
    },
    score: {
      on: ['push'],
      needs: ['check-pipelines', 'train'],
      script: ['npm run score'],
    },
    preview: {
      on: ['push'],
      branches: ['develop'],
      changes: ['workspace/**'],
      command: 'plan',
      target: 'us-west',
    },
    'tests-of-forks': { on: ['merge_request'], needs: ['check-pipelines', 'plan'], script: ['npm test'] },
    retrain: {
      on: ['schedule', 'manual'],
      schedule: '30 2 * * 0',
      script: ['npm run train'],
      inputs: { MODEL: { default: "o'brien" } },
    },
    release: { on: ['tag'], script: ['npm run score'] },
  },
}
