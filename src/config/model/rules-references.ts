import type { Fault } from '../../errors.ts'
import { didYouMean, faultAt } from '../faults.ts'
import { get, text, type Located } from '../located.ts'
import type { Rule } from './known.ts'
import { itemsAt } from './values.ts'

const unknown = (node: Located | undefined, what: string, known: readonly string[]): Fault[] => {
  const key = text(node)
  if (!node || key === undefined || key.includes('${') || known.includes(key)) return []
  return [faultAt(node.at, `unknown-${what}`, `there is no ${what} «${key}»`, didYouMean(key, known))]
}

const jobRule: Rule = ({ node }, { jobs }) => unknown(get(node, 'train', 'job'), 'job', jobs)

const suiteRule: Rule = ({ node }, { suites }) => [
  ...itemsAt(node, 'checks', 'tests', 'junit').flatMap((item) => unknown(item, 'suite', suites)),
  ...emptyList(get(node, 'checks', 'tests', 'junit'), 'name a suite of the section tests, or remove tests'),
]

const emptyList = (list: Located | undefined, hint: string): Fault[] =>
  list?.kind === 'list' && list.items.length === 0
    ? [faultAt(list.at, 'list-is-empty', 'the list is empty', hint)]
    : []

const clusterRule: Rule = ({ node }, { clusters }) => {
  const evaluation = get(node, 'evaluation')
  const named = get(evaluation, 'cluster')
  if (!evaluation || named) return unknown(named, 'cluster', clusters)
  if (clusters.length === 1) return []
  const [message, hint] =
    clusters.length === 0
      ? ['there is no cluster to evaluate on', 'declare one under clusters']
      : ['there are several clusters to evaluate on', `add evaluation.cluster: ${clusters.join(', ')}`]
  return [faultAt(evaluation.at, 'evaluation-needs-a-cluster', message, hint)]
}

/** What the file names is declared in brickrail.yml. */
export const referenceRules: readonly Rule[] = [jobRule, suiteRule, clusterRule]
