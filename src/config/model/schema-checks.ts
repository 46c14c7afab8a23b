import * as v from 'valibot'
import { closed, mustBe, oneOf, record, said, strings, yesNo } from '../schema-words.ts'
import { direction } from './schema-evaluation.ts'
import { count, number } from './schema-numbers.ts'

/** What a training run leaves, and an evaluation looks up. */
export const lineageNames = [
  'commit',
  'params',
  'dataset',
  'pipeline_url',
  'requirements',
  'cluster',
] as const

const metric = closed({
  name: said('Name of the metric, as it was measured.'),
  direction: v.optional(direction),
  min: v.optional(number('Not less than this.')),
  max: v.optional(number('Not more than this.')),
  min_relative_gain: v.optional(number('Better than the champion by this share: 0.01 is 1 %.')),
  max_relative_loss: v.optional(number('Worse than the champion by this share at most.')),
  min_absolute_gain: v.optional(number('Better than the champion by this much.')),
  max_absolute_loss: v.optional(number('Worse than the champion by this much at most.')),
  message: v.optional(said('What to say when it fails.')),
})

const slice = closed({
  by: said('Column of the dataset: each of its values is a slice.'),
  metric: said('Name of the metric.'),
  direction,
  min: v.optional(number('Not less than this in any slice.')),
  max: v.optional(number('Not more than this in any slice.')),
  max_gap: v.optional(number('Between the best and the worst slice.')),
  min_rows: v.optional(count('Smaller slices are shown and not judged. Default 1.')),
})

const modelCard = v.union(
  [
    said('Markdown file, from the root of the repository.'),
    closed({
      file: said('Markdown file, from the root of the repository.'),
      sections: v.optional(strings('Headings that it must have.')),
    }),
  ],
  `${mustBe}the name of a file, or a map with file and sections`,
)

export const checks = closed({
  lineage: v.optional(
    closed({
      require: v.optional(
        v.pipe(v.array(v.picklist(lineageNames)), v.description('What must be known of a version.')),
      ),
      commit_matches_pipeline: v.optional(yesNo('Trained from the commit of this pipeline. Default false.')),
      clean_tree: v.optional(yesNo('The checkout had no changes. Default false.')),
    }),
  ),
  tests: v.optional(
    closed({
      junit: strings('Suites whose recorded results of the same commit must be green.'),
      min_passed: v.optional(count('Of each suite. Default 1.')),
      max_skipped: v.optional(count('Of each suite. Default 0.')),
    }),
  ),
  signature: v.optional(
    closed({
      required: v.optional(yesNo('Default true.')),
      input_example: v.optional(yesNo('Default false.')),
      compatible_with: v.optional(
        oneOf(['champion'], 'What works with the champion works with this version.'),
      ),
    }),
  ),
  metrics: v.optional(v.array(metric)),
  data: v.optional(closed({ max_age_hours: v.optional(number('Age of the newest row of the dataset.')) })),
  slices: v.optional(v.array(slice)),
  tags: v.optional(
    closed({
      require: v.pipe(
        v.union(
          [v.array(v.string()), record(v.string(), v.string())],
          `${mustBe}a list of tags, or a map of tags and values`,
        ),
        v.description('Tags of the version: names, or names with their values; * is any value.'),
      ),
    }),
  ),
  docs: v.optional(
    closed({
      description: v.optional(yesNo('The version, or its model, has a description. Default false.')),
      model_card: v.optional(modelCard),
    }),
  ),
})
