import { firstJob, spec, type BuiltIn } from './built-in.ts'
import type { Input, Stage } from './model.ts'
import { reports } from './reports.ts'

/** Both may be left empty, and arrive as empty texts: see `emptyAsAbsent` of the commands. */
const whichModel: readonly Input[] = [
  {
    name: 'MODEL',
    about: 'Key of the model under models, see brickrail.yml; empty: all of them',
    default: '',
  },
  { name: 'MODEL_VERSION', about: 'Its version, see brickrail models; empty: the next one', default: '' },
]

/** What a model is made of, and what is asked of it. */
const ofModels = ['workspace/**', 'pipelines/jobs/**', 'pipelines/models/**', spec]

/** The jobs of models: train, evaluate, promote, and back; by stage. */
export const modelJobs = {
  plan: [
    {
      name: 'model-verdict',
      stage: 'plan',
      about: 'Show what the policies say of the models that were evaluated last',
      on: ['merge_request'],
      command: 'evaluate --stored --comment',
      of: 'target',
      comments: true,
      when: ['models'],
    },
  ],
  test: [
    {
      name: 'train-models',
      stage: 'test',
      about: 'Train every model from this commit',
      on: ['push'],
      command: 'train',
      of: 'target',
      needs: [firstJob, 'local-tests', 'deploy-jobs', 'catch-up'],
      changes: ofModels,
      when: ['models'],
    },
    {
      name: 'evaluate-models',
      stage: 'test',
      about: 'Measure candidate and champion on the same rows, and ask the policy',
      on: ['push'],
      command: 'evaluate',
      of: 'target',
      needs: [firstJob, 'train-models'],
      changes: ofModels,
      outputs: ['verdict'],
      artifacts: [`${reports}/evidence-*.json`],
      when: ['models'],
    },
  ],
  release: [
    {
      name: 'promote-staging',
      stage: 'release',
      about: 'Promote to Staging what has passed its gate',
      on: ['push'],
      command: 'promote --to staging',
      of: 'target',
      needs: [firstJob, 'evaluate-models', 'cluster-tests'],
      changes: ofModels,
      when: ['models'],
    },
    {
      name: 'promote-production',
      stage: 'release',
      about: 'Promote to Production what is in Staging and has passed its gate',
      on: ['manual'],
      command: 'promote --to production --model "$MODEL" --version "$MODEL_VERSION"',
      of: 'target',
      needs: [firstJob, 'promote-staging'],
      approval: true,
      ofModels: true,
      inputs: whichModel,
      when: ['models'],
    },
  ],
  operate: [
    {
      name: 'rollback-model',
      stage: 'operate',
      about: 'Bring back the version that was in Production before',
      on: ['manual'],
      command: 'rollback-model --model "$MODEL" --version "$MODEL_VERSION"',
      of: 'target',
      approval: true,
      ofModels: true,
      inputs: whichModel,
      when: ['models'],
    },
    {
      name: 'retrain-models',
      stage: 'operate',
      about: 'Train again when the model in Production is too old or fails on fresh data',
      on: ['schedule'],
      command: 'retrain',
      of: 'target',
      schedule: '47 4 * * *',
      when: ['models'],
    },
  ],
} satisfies Partial<Record<Stage, readonly BuiltIn[]>>
