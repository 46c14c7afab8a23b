import type { CheckRules, MetricRule, SliceRule } from '../../plan/state-policy.ts'
import { entriesOf, get, text, texts, type Located } from '../located.ts'
import { directions } from './schema-evaluation.ts'
import { given, itemsAt, numberAt, oneAt, truthAt } from './values.ts'

const metricOf = (node: Located): MetricRule => ({
  name: text(node, 'name') ?? '',
  ...given('direction', oneAt(node, directions, 'direction')),
  ...given('min', numberAt(node, 'min')),
  ...given('max', numberAt(node, 'max')),
  ...given('minRelativeGain', numberAt(node, 'min_relative_gain')),
  ...given('maxRelativeLoss', numberAt(node, 'max_relative_loss')),
  ...given('minAbsoluteGain', numberAt(node, 'min_absolute_gain')),
  ...given('maxAbsoluteLoss', numberAt(node, 'max_absolute_loss')),
  ...given('message', text(node, 'message')),
})

const sliceOf = (node: Located): SliceRule => ({
  by: text(node, 'by') ?? '',
  metric: text(node, 'metric') ?? '',
  direction: oneAt(node, directions, 'direction') ?? 'max',
  ...given('min', numberAt(node, 'min')),
  ...given('max', numberAt(node, 'max')),
  ...given('maxGap', numberAt(node, 'max_gap')),
  minRows: numberAt(node, 'min_rows') ?? 1,
})

const lineageOf = (node: Located): NonNullable<CheckRules['lineage']> => ({
  require: texts(node, 'require') ?? [],
  commitMatchesPipeline: truthAt(node, false, 'commit_matches_pipeline'),
  cleanTree: truthAt(node, false, 'clean_tree'),
})

const testsOf = (node: Located): NonNullable<CheckRules['tests']> => ({
  junit: texts(node, 'junit') ?? [],
  minPassed: numberAt(node, 'min_passed') ?? 1,
  maxSkipped: numberAt(node, 'max_skipped') ?? 0,
})

const signatureOf = (node: Located): NonNullable<CheckRules['signature']> => ({
  required: truthAt(node, true, 'required'),
  inputExample: truthAt(node, false, 'input_example'),
  ...given('compatibleWith', oneAt(node, ['champion'], 'compatible_with')),
})

/** `[owner]` asks for any value, as `*` does. */
const tagsOf = (node: Located): NonNullable<CheckRules['tags']> => {
  const named = (texts(node, 'require') ?? []).map((key): [string, null] => [key, null])
  const valued = entriesOf(get(node, 'require')).map(([key, { node: value }]): [string, string | null] => {
    const wanted = text(value) ?? '*'
    return [key, wanted === '*' ? null : wanted]
  })
  return { require: Object.fromEntries([...named, ...valued]) }
}

const docsOf = (node: Located): NonNullable<CheckRules['docs']> => {
  const card = get(node, 'model_card')
  const file = text(card) ?? text(card, 'file')
  return {
    description: truthAt(node, false, 'description'),
    ...(file === undefined ? {} : { modelCard: { file, sections: texts(card, 'sections') ?? [] } }),
  }
}

/** The section `checks`; what is not in it is not asked. */
export const checksOf = (checks: Located | undefined): CheckRules => {
  const part = <T>(key: string, read: (node: Located) => T): T | undefined => {
    const node = get(checks, key)
    return node && read(node)
  }
  const maxAge = (node: Located) => given('maxAgeHours', numberAt(node, 'max_age_hours'))
  return {
    ...given('lineage', part('lineage', lineageOf)),
    ...given('tests', part('tests', testsOf)),
    ...given('signature', part('signature', signatureOf)),
    metrics: itemsAt(checks, 'metrics').map(metricOf),
    ...given('data', part('data', maxAge)),
    slices: itemsAt(checks, 'slices').map(sliceOf),
    ...given('tags', part('tags', tagsOf)),
    ...given('docs', part('docs', docsOf)),
  }
}
