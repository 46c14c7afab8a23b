import * as v from 'valibot'
import { closed, mustBe, oneOf, record, said, scalar, strings, yesNo } from '../schema-words.ts'
import { candidate, evaluation } from './schema-evaluation.ts'
import { checks } from './schema-checks.ts'
import { count, number } from './schema-numbers.ts'

export const registryKinds = ['workspace', 'unity-catalog', 'mlflow'] as const
export const modes = ['enforce', 'warn', 'off'] as const
export const places = ['staging', 'production'] as const
export const approvalSources = [
  'transition_request',
  'signed_file',
  'unity_catalog_tag',
  'ci_environment',
] as const
const distinct = ['training_run_user', 'committer'] as const

const registry = v.pipe(
  v.union(
    [
      v.picklist(registryKinds),
      closed({
        kind: oneOf(registryKinds, 'Where versions are registered.'),
        uri: v.optional(
          said('Of mlflow: tracking URI. Without it: the MLflow server of the embedded workspace.'),
        ),
        token: v.optional(said('Of mlflow: name of the environment variable that holds the token.')),
        names: v.optional(
          oneOf(['stages', 'aliases', 'both'], 'Of mlflow: how places are named there. Default both.'),
        ),
      }),
    ],
    `${mustBe}${registryKinds.join(', ')} or a map with kind`,
  ),
  v.description('Where versions are registered. Default workspace.'),
)

const approval = closed({
  required: v.optional(count('How many people must have approved. Default 1.')),
  from: v.optional(strings('Who may: user names and group:<name>. Without: anybody.')),
  distinct_from: v.optional(
    v.pipe(
      v.array(v.picklist(distinct)),
      v.description('Who may not: who trained the version, or who wrote the commit. Default both.'),
    ),
  ),
  valid_hours: v.optional(number('Hours after which an approval no longer counts.')),
  sources: v.optional(
    v.pipe(v.array(v.picklist(approvalSources)), v.description('Where approvals are looked for.')),
  ),
  signers: v.optional(
    said('Of signed_file: allowed signers (see ssh-keygen), from the root of the repository.'),
  ),
})

const freeze = closed({
  cron: said('Begin of the window: five fields, UTC.'),
  hours: number('How long it lasts.'),
  except: v.optional(oneOf(['rollback', 'none'], 'What it does not hold up. Default rollback.')),
})

/** pipelines/models/*.yml. Nothing is required, so that an overlay is checked by the same schema. */
export const modelSchema = v.pipe(
  closed({
    model: v.optional(said('Registered name; of Unity Catalog catalog.schema.model. Default: the key.')),
    registry: v.optional(registry),
    mode: v.optional(oneOf(modes, 'enforce refuses, warn only says, off does not ask. Default enforce.')),
    path: v.optional(
      v.pipe(
        v.array(v.picklist(places)),
        v.description('Places that a version passes, in order. Default staging, production.'),
      ),
    ),
    on_first_release: v.optional(
      closed({
        allow: v.optional(yesNo('Whether a version may go where none has been. Default true.')),
        requires_approval: v.optional(
          yesNo('Whether at least one approval is asked for then. Default true.'),
        ),
      }),
    ),
    train: v.optional(
      closed({
        job: said('Key of the job under jobs that trains.'),
        parameters: v.optional(v.pipe(record(v.string(), scalar), v.description('Parameters of its run.'))),
      }),
    ),
    candidate: v.optional(candidate),
    evaluation: v.optional(evaluation),
    checks: v.optional(checks),
    approvals: v.optional(closed(Object.fromEntries(places.map((place) => [place, v.optional(approval)])))),
    freeze: v.optional(v.pipe(v.array(freeze), v.description('When nothing is promoted.'))),
    archive: v.optional(yesNo('Whether the version that leaves a stage goes to Archived. Default true.')),
    retrain: v.optional(
      closed({
        max_age_days: v.optional(number('Train again when the version in production is older.')),
        when_champion_fails: v.optional(
          yesNo('Train again when the version in production fails its checks on fresh data. Default true.'),
        ),
      }),
    ),
  }),
  v.title('Promotion policy of a model'),
)
