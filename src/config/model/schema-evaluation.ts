import * as v from 'valibot'
import { closed, oneOf, said, strings, yesNo } from '../schema-words.ts'
import { count, number } from './schema-numbers.ts'

export const directions = ['max', 'min'] as const
export const direction = oneOf(directions, 'max: more is better; min: less is better.')

export const candidate = v.pipe(
  closed({
    from_runs: v.optional(
      closed({
        experiment: said('Name or id of the experiment whose runs are compared.'),
        filter: v.optional(said("Filter of MLflow's search, e.g. tags.commit = '${git.sha}'")),
        artifact: v.optional(said('Name of the model below the artifacts of the run. Default model.')),
      }),
    ),
    order: v.optional(
      v.pipe(
        v.array(closed({ metric: said('Logged by the training run.'), direction })),
        v.description('The best first; later ones settle a tie.'),
      ),
    ),
    tie_break: v.optional(
      oneOf(['newest', 'oldest', 'refuse'], 'Of runs that are equally good. Default newest.'),
    ),
  }),
  v.description('Which version is judged. Without from_runs: the newest one that is at no place yet.'),
)

export const evaluation = v.pipe(
  closed({
    dataset: said('CSV or Parquet: dbfs:/…, /Workspace/…, /Volumes/…; or table:<catalog.schema.table>'),
    label: said('Column of the truth.'),
    features: v.optional(
      strings('Columns of the input. Without: those of the signature, or all but the label.'),
    ),
    task: v.optional(oneOf(['regression', 'classification'], 'Default regression.')),
    time: v.optional(said('Column with the time of a row, for the age of data.')),
    cluster: v.optional(said('Key of the cluster that it runs on. Default: the only one.')),
    min_rows: v.optional(count('Fewer rows prove nothing. Default 1.')),
    max_age_hours: v.optional(number('Hours after which an evaluation no longer counts.')),
    champion_on_same_data: v.optional(yesNo('Also measure the version in production. Default true.')),
    timeout: v.optional(count('Seconds after which it is stopped. Default 1800.')),
  }),
  v.description('How candidate and champion are measured on the same rows.'),
)
