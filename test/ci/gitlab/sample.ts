import { buildPipeline } from '../../../src/ci/build.ts'
import { renderGitlab } from '../../../src/ci/gitlab/render.ts'
import type { Pipeline } from '../../../src/ci/model.ts'
import type { Facts, Section } from '../../../src/ci/section.ts'
import { readGitlab, type GitlabFile } from './rules.ts'

const facts: Facts = {
  project: 'tesseract',
  targets: [
    { name: 'local', remote: false, protected: false, default: true },
    { name: 'dev', remote: true, protected: false, default: false },
    { name: 'prod', remote: true, protected: true, default: false },
  ],
  npmScripts: [],
  fileExists: () => true,
  cron: () => ({ shortestMinutes: 1440 }),
  suggest: () => '',
}

const section: Section = { hosts: ['gitlab'], default_branch: 'master' }

/** The built-in jobs of a project with dev and prod, and what a section says besides. Nothing may be wrong with it. */
export const pipelineOf = (more: Section = {}): Pipeline => {
  const { pipeline, problems } = buildPipeline({ ...section, ...more }, facts)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return { ...pipeline, version: '0.1.0', digest: 'ab'.repeat(32) }
}

export const textOf = (pipeline: Pipeline): string => renderGitlab(pipeline)[0]?.text ?? ''

export const fileOf = (pipeline: Pipeline): GitlabFile => readGitlab(textOf(pipeline))

/** Own jobs of every event, other branches, a tag and a second schedule. */
export const manyJobs: Section = {
  secrets: { FEED_KEY: 'of the price feed' },
  jobs: {
    'unit-tests': { stage: 'test', on: ['push', 'merge_request'], script: ['python -m pytest'] },
    train: {
      stage: 'test',
      on: ['push', 'manual'],
      changes: ['workspace/training/**'],
      command: 'status',
      target: 'dev',
    },
    'hot-fix': {
      stage: 'deploy',
      on: ['push'],
      branches: ['release'],
      changes: ['workspace/**'],
      command: 'sync-workspace',
    },
    feed: { stage: 'test', on: ['merge_request'], secrets: ['FEED_KEY'], script: ['./feed.sh'] },
    publish: { stage: 'release', on: ['tag'], script: ['./publish.sh'] },
    retrain: { stage: 'operate', on: ['schedule', 'manual'], schedule: '0 3 * * 0', command: 'doctor' },
  },
}
