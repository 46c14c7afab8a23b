import { buildPipeline } from '../../../src/ci/build.ts'
import { renderAzure } from '../../../src/ci/azure/render.ts'
import type { GeneratedFile, Pipeline } from '../../../src/ci/model.ts'
import type { Facts, JobSection, Section } from '../../../src/ci/section.ts'

const facts: Facts = {
  project: 'tesseract',
  targets: [
    { name: 'local', remote: false, protected: false, default: true },
    { name: 'dev', remote: true, protected: false, default: false },
    { name: 'prod', remote: true, protected: true, default: false },
  ],
  npmScripts: ['test', 'lint'],
  fileExists: () => true,
  cron: () => ({ shortestMinutes: 1440 }),
  suggest: () => '',
}

/** Jobs of somebody's own: every event, branches, inputs, outputs, secrets, files to keep, an agent of one's own. */
export const ownJobs: Record<string, JobSection> = {
  lint: {
    stage: 'check',
    on: ['merge_request', 'push'],
    needs: ['check-pipelines', 'validate'],
    script: ['npm run lint'],
    branches: ['master', 'develop'],
  },
  smoke: {
    about: 'Try the notebooks',
    needs: ['check-pipelines', 'sync-workspace'],
    target: 'dev',
    access: 'read',
    script: ['npm test', 'node tools/smoke.js "$deployment"'],
    secrets: ['CHAT_URL'],
    artifacts: ['out/', 'logs/*.txt'],
    junit: 'out/junit.xml',
    variables: { Colour: 'blue', RETRIES: 2 },
  },
  preview: {
    on: ['push', 'manual'],
    changes: ['workspace/**'],
    branches: ['develop'],
    script: ['npm test'],
    pool: 'pool:Data Lab',
  },
  retrain: {
    stage: 'operate',
    on: ['schedule', 'manual'],
    schedule: '0 3 * * 1',
    command: 'deploy',
    inputs: { REASON: { default: 'weekly' } },
  },
  'release-notes': { stage: 'release', on: ['tag'], script: ['npm test'] },
  publish: { stage: 'release', on: ['tag'], command: 'deploy' },
  'after-plan': {
    stage: 'test',
    on: ['merge_request'],
    needs: ['check-pipelines', 'plan'],
    script: ['npm test'],
  },
  deploy: { stage: 'test', on: ['push'], changes: ['docs/**'], script: ['echo "$(date)" | tee now.txt'] },
}

const plain: Section = { hosts: ['azure'], default_branch: 'master', target: 'dev', production: 'prod' }

/** Sections that between them use all that the renderer can do. */
export const sections = {
  plain,
  rich: { ...plain, secrets: { CHAT_URL: 'where to say it' }, jobs: ownJobs },
  oidc: { ...plain, auth: 'oidc' },
  'azure-cli': { ...plain, auth: 'azure-cli', azure: { service_connection: 'databricks-dev' } },
  history: {
    ...plain,
    install: [],
    jobs: {
      changed: { command: 'changes', on: ['push'] },
      // Names that Azure, or these files, have for something else.
      style: { stage: 'check', script: ['npm test'], on: ['push'], changes: ['workspace/**'] },
      check: {
        stage: 'deploy',
        command: 'deploy',
        on: ['push'],
        changes: ['docs/**'],
        environment: 'dev.eu',
      },
      schedule: { script: ['npm test'], on: ['push'], changes: ['tools/**'] },
    },
  },
  joined: {
    ...plain,
    jobs: {
      train: { needs: ['build-cluster', 'sync-workspace'], command: 'deploy' },
      report: { needs: ['train'], script: ['node report.js "$deployment"'], changes: ['reports/**'] },
      docs: { script: ['npm test'], changes: ['docs/**'] },
      // What it needs is in no pipeline of a push.
      'after-plan': { needs: ['plan'], command: 'deploy', changes: ['docs/**'] },
      // Their names are taken, one after the other.
      'push-schedule': { stage: 'check', script: ['npm test'], changes: ['tools/**'] },
      schedule: { script: ['npm test'], changes: ['cron/**'] },
      'build-workspace': { script: ['npm test'], changes: ['more/**'] },
    },
  },
} satisfies Record<string, Section>

export const pipelineOf = (section: Section): Pipeline => {
  const { pipeline, problems } = buildPipeline(section, facts)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return { ...pipeline, version: '0.1.0', digest: 'ab'.repeat(32) }
}

export const filesOf = (section: Section): GeneratedFile[] => renderAzure(pipelineOf(section))
