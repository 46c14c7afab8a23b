import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { get, placeOf, text, texts, type Located } from '../located.ts'
import type { Known, Draft, Rule } from './known.ts'
import { approvalRules, approvalWarnings } from './rules-approvals.ts'
import { checkRules } from './rules-checks.ts'
import { evaluationRules } from './rules-evaluation.ts'
import { freezeRule } from './rules-freeze.ts'
import { rangeRule } from './rules-ranges.ts'
import { referenceRules } from './rules-references.ts'
import { registryRules } from './rules-registry.ts'

/** Places are passed in order: production is behind staging. */
const pathRule: Rule = ({ node }) => {
  const path = texts(node, 'path')
  const found = get(node, 'path')
  if (!path || !found) return []
  const fault = (rule: string, message: string): Fault[] => [
    faultAt(found.at, rule, message, 'write path: [staging, production]; or [staging] to stop there'),
  ]
  if (path.length === 0) return fault('path-is-empty', 'the path has no place')
  if (new Set(path).size < path.length) return fault('path-once', 'a place is in the path twice')
  if (!path.includes('staging'))
    return fault('path-has-staging', 'staging is missing: nothing goes straight to production')
  return path[0] === 'staging' ? [] : fault('path-in-order', 'production comes before staging')
}

const retrainRule: Rule = ({ node }) => {
  const found = get(node, 'retrain')
  if (!found) return []
  const at = placeOf(node, ['retrain'], 'key')
  const faults: Fault[] = []
  if (get(node, 'train') === undefined) {
    const hint = 'add train, with the key of the job that trains'
    faults.push(faultAt(at, 'retrain-needs-train', 'nobody knows what trains this model', hint))
  }
  const failing = get(found, 'when_champion_fails')
  const wants = failing?.kind === 'scalar' && failing.value === true
  if (wants && get(node, 'evaluation') === undefined) {
    const message = 'the champion cannot be measured on fresh data: there is no evaluation'
    faults.push(
      faultAt(failing.at, 'retrain-needs-evaluation', message, 'add evaluation, or remove this line'),
    )
  }
  return faults
}

const listsOf = (node: Located): Located[] =>
  [
    get(node, 'evaluation', 'features'),
    get(node, 'checks', 'lineage', 'require'),
    get(node, 'checks', 'tests', 'junit'),
    get(node, 'checks', 'tags', 'require'),
    get(node, 'checks', 'docs', 'model_card', 'sections'),
  ].flatMap((list) => list ?? [])

/** A list that names a thing twice was copied and not finished. */
const onceRule: Rule = ({ node }) =>
  listsOf(node).flatMap((list) => {
    const items = list.kind === 'list' ? list.items : []
    const seen = items.map((item) => text(item))
    return items
      .filter((item, index) => text(item) !== undefined && seen.indexOf(text(item)) < index)
      .map((item) => faultAt(item.at, 'listed-once', `«${text(item)}» is in the list already`, 'remove it'))
  })

/** Each is asked of every policy; together they name everything that is wrong with it. */
export const modelRules: readonly Rule[] = [
  pathRule,
  retrainRule,
  onceRule,
  freezeRule,
  rangeRule,
  ...registryRules,
  ...referenceRules,
  ...evaluationRules,
  ...checkRules,
  ...approvalRules,
]

const modeWarnings: Rule = ({ node }) => {
  const mode = text(node, 'mode')
  const at = get(node, 'mode')?.at
  if (!at || (mode !== 'warn' && mode !== 'off')) return []
  const message = `with mode ${mode} nothing is promoted to production`
  return [faultAt(at, 'mode-without-production', message, 'write enforce once the checks hold')]
}

export const modelWarnings = (draft: Draft, known: Known): Fault[] =>
  [modeWarnings, approvalWarnings].flatMap((rule) => rule(draft, known))
