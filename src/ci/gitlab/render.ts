import { Scalar } from 'yaml'
import { emit, reference } from '../emit.ts'
import { stages, type Job, type Pipeline, type Render } from '../model.ts'
import { bodyOf } from './job.ts'
import { fragmentsOf, sameFragment, sharedFragments, workflowRules, type Fragment } from './rules.ts'
import {
  base,
  baseJob,
  commonTraits,
  differences,
  inheritance,
  sharedReaches,
  type Shared,
  type Traits,
} from './shared.ts'

/** With `_`, which the hidden jobs of environments never have: one may be called `on`. */
const hiddenRules = '.brickrail_on'

/** GitLab has no title for a job: what it is about is a comment above it. */
const titled = ({ name, about }: Job): Scalar => {
  const key = new Scalar(name)
  if (about !== name) key.commentBefore = ` ${about}`
  return key
}

/** An empty list would be a job without rules, and that runs always. */
const rulesOf = (pipeline: Pipeline, shared: readonly Fragment[], job: Job): unknown[] => {
  const rules = fragmentsOf(pipeline, job).flatMap((fragment): unknown[] =>
    shared.some((other) => sameFragment(other, fragment))
      ? [reference(hiddenRules, fragment.name)]
      : fragment.rules,
  )
  return rules.length > 0 ? rules : [{ when: 'never' }]
}

interface Common {
  traits: Traits
  rules: readonly Fragment[]
  reaches: readonly Shared[]
}

const jobOf = (pipeline: Pipeline, common: Common, job: Job): [Scalar, unknown] => {
  const { extends: parent, ...reach } = inheritance(pipeline, common.reaches, job)
  return [
    titled(job),
    {
      extends: parent,
      stage: job.stage,
      rules: rulesOf(pipeline, common.rules, job),
      ...differences(pipeline, common.traits, job),
      ...reach,
      ...bodyOf(pipeline, job),
    },
  ]
}

const document = (pipeline: Pipeline): Map<unknown, unknown> => {
  const common = {
    traits: commonTraits(pipeline),
    rules: sharedFragments(pipeline),
    reaches: sharedReaches(pipeline),
  }
  const fragments = Object.fromEntries(common.rules.map(({ name, rules }) => [name, rules]))
  return new Map<unknown, unknown>([
    [
      'workflow',
      {
        name: '$CI_PIPELINE_SOURCE of $CI_COMMIT_REF_NAME',
        auto_cancel: { on_new_commit: 'interruptible' },
        rules: workflowRules(pipeline),
      },
    ],
    ['stages', stages],
    [base, baseJob(pipeline, common.traits)],
    ...common.reaches.map(({ name, reach }) => [name, { extends: base, ...reach }] as const),
    ...(common.rules.length > 0 ? [[hiddenRules, fragments] as const] : []),
    ...pipeline.jobs.map((job) => jobOf(pipeline, common, job)),
  ])
}

const generated = '.gitlab/brickrail.yml'

const root = `# Yours: \`brickrail generate\` writes this file only where there is none.
include:
  - local: /${generated} # workflow, stages and jobs; generated from pipelines/brickrail.yml

# Jobs of your own go here. The stages are ${stages.join(', ')}.
# To change a generated job, or to leave it out, say so in \`ci.jobs\` of pipelines/brickrail.yml.
`

/** `.gitlab/brickrail.yml`, and the `.gitlab-ci.yml` that includes it. */
export const renderGitlab: Render = (pipeline) => [
  { path: generated, text: emit(pipeline, document(pipeline)), owner: 'brickrail' },
  { path: '.gitlab-ci.yml', text: root, owner: 'user' },
]
