import type { ApprovalRule, ModelPolicy, Place } from '../../plan/state-policy.ts'
import { entriesOf, get, text, texts, type Located } from '../located.ts'
import { checksOf } from './build-checks.ts'
import { kindOf, type Draft, type Known } from './known.ts'
import { approvalSources, modes, places } from './schema.ts'
import { directions } from './schema-evaluation.ts'
import { given, itemsAt, numberAt, oneAt, truthAt } from './values.ts'

const wordsAt = <T extends string>(node: Located, words: readonly T[], ...path: string[]): T[] | undefined =>
  texts(node, ...path)?.flatMap((said) => words.find((word) => word === said) ?? [])

const registryOf = (node: Located): ModelPolicy['registry'] => ({
  kind: kindOf(node),
  names: oneAt(node, ['stages', 'aliases', 'both'], 'registry', 'names') ?? 'both',
  ...given('uri', text(node, 'registry', 'uri')?.replace(/\/+$/, '')),
  ...given('tokenFrom', text(node, 'registry', 'token')),
})

const trainOf = (node: Located): Pick<ModelPolicy, 'train'> => {
  const job = text(node, 'train', 'job')
  if (job === undefined) return {}
  const written = entriesOf(get(node, 'train', 'parameters'))
  const parameters = written.map(([name, { node: value }]) => [
    name,
    value.kind === 'scalar' ? String(value.value) : '',
  ])
  return { train: { job, parameters: Object.fromEntries(parameters) } }
}

const candidateOf = (node: Located): ModelPolicy['candidate'] => {
  const runs = get(node, 'candidate', 'from_runs')
  return {
    ...(runs
      ? {
          fromRuns: {
            experiment: text(runs, 'experiment') ?? '',
            ...given('filter', text(runs, 'filter')),
            artifact: text(runs, 'artifact') ?? 'model',
          },
        }
      : {}),
    order: itemsAt(node, 'candidate', 'order').map((item) => ({
      metric: text(item, 'metric') ?? '',
      direction: oneAt(item, directions, 'direction') ?? 'max',
    })),
    tieBreak: oneAt(node, ['newest', 'oldest', 'refuse'], 'candidate', 'tie_break') ?? 'newest',
  }
}

const evaluationOf = (node: Located, { clusters }: Known): Pick<ModelPolicy, 'evaluation'> => {
  const found = get(node, 'evaluation')
  if (!found) return {}
  const alone = clusters.length === 1 ? clusters[0] : undefined
  return {
    evaluation: {
      dataset: text(found, 'dataset') ?? '',
      label: text(found, 'label') ?? '',
      ...given('features', texts(found, 'features')),
      task: oneAt(found, ['regression', 'classification'], 'task') ?? 'regression',
      ...given('time', text(found, 'time')),
      ...given('cluster', text(found, 'cluster') ?? alone),
      minRows: numberAt(found, 'min_rows') ?? 1,
      ...given('maxAgeHours', numberAt(found, 'max_age_hours')),
      championOnSameData: truthAt(found, true, 'champion_on_same_data'),
      timeoutSeconds: numberAt(found, 'timeout') ?? 1800,
    },
  }
}

/** Where approvals are looked for when the policy does not say. */
const usualSources = (node: Located, rule: Located): ApprovalRule['sources'] => [
  kindOf(node) === 'workspace' ? 'transition_request' : 'ci_environment',
  ...(text(rule, 'signers') === undefined ? [] : (['signed_file'] as const)),
]

const approvalOf = (node: Located, rule: Located): ApprovalRule => ({
  required: numberAt(rule, 'required') ?? 1,
  from: texts(rule, 'from') ?? [],
  distinctFrom: wordsAt(rule, ['training_run_user', 'committer'], 'distinct_from') ?? [
    'training_run_user',
    'committer',
  ],
  ...given('validHours', numberAt(rule, 'valid_hours')),
  sources: wordsAt(rule, approvalSources, 'sources') ?? usualSources(node, rule),
  ...given('signers', text(rule, 'signers')),
})

const approvalsOf = (node: Located): ModelPolicy['approvals'] => {
  const rules = places.flatMap((place): [Place, ApprovalRule][] => {
    const rule = get(node, 'approvals', place)
    return rule ? [[place, approvalOf(node, rule)]] : []
  })
  return Object.fromEntries(rules)
}

const retrainOf = (node: Located): Pick<ModelPolicy, 'retrain'> => {
  const found = get(node, 'retrain')
  if (!found) return {}
  const measurable = get(node, 'evaluation') !== undefined
  return {
    retrain: {
      ...given('maxAgeDays', numberAt(found, 'max_age_days')),
      whenChampionFails: truthAt(found, measurable, 'when_champion_fails'),
    },
  }
}

/** The policy with every default; its shape and its rules were checked before. */
export const policyOf = ({ key, node }: Draft, known: Known, file: string): Omit<ModelPolicy, 'digest'> => ({
  key,
  name: text(node, 'model') ?? key,
  file,
  registry: registryOf(node),
  mode: oneAt(node, modes, 'mode') ?? 'enforce',
  path: wordsAt(node, places, 'path') ?? [...places],
  firstRelease: {
    allow: truthAt(node, true, 'on_first_release', 'allow'),
    requiresApproval: truthAt(node, true, 'on_first_release', 'requires_approval'),
  },
  ...trainOf(node),
  candidate: candidateOf(node),
  ...evaluationOf(node, known),
  checks: checksOf(get(node, 'checks')),
  approvals: approvalsOf(node),
  freeze: itemsAt(node, 'freeze').map((item) => ({
    cron: text(item, 'cron') ?? '',
    hours: numberAt(item, 'hours') ?? 0,
    exceptRollback: text(item, 'except') !== 'none',
  })),
  archive: truthAt(node, true, 'archive'),
  ...retrainOf(node),
})
