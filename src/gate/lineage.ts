import type { CheckResult, Evidence } from '../plan/state-evidence.ts'
import { judged, noEvidence, own, type Asked, type GateCheck, type Refusal } from './check.ts'

type NameCode = 'NO_EVIDENCE' | 'MISSING_LINEAGE'

const known = (evidence: Evidence | undefined, name: string): string | undefined => {
  const value = evidence && own(evidence.lineage, name)
  return value === undefined || value.trim() === '' ? undefined : value
}

const requiredName = (name: string, { evidence }: Asked): CheckResult => {
  const value = known(evidence, name)
  const facts = { check: `lineage.${name}`, found: value ?? 'unknown', wanted: 'known' }
  const refusal = (): Refusal<NameCode> | undefined => {
    if (!evidence) return noEvidence
    const why = `the training run does not say its ${name}: log it, then train and evaluate again`
    return value === undefined ? { code: 'MISSING_LINEAGE', why } : undefined
  }
  return judged(facts, refusal())
}

/** That where a model comes from is known. */
export const lineageNames: GateCheck<NameCode> = {
  name: 'lineage.<name>',
  codes: ['NO_EVIDENCE', 'MISSING_LINEAGE'],
  ask: (asked) => {
    const { lineage } = asked.policy.checks
    const names = (lineage?.require ?? []).filter(
      (name) => name !== 'commit' || !lineage?.commitMatchesPipeline,
    )
    return names.map((name) => requiredName(name, asked))
  },
}

type CommitCode = 'NO_EVIDENCE' | 'MISSING_LINEAGE' | 'NO_COMMIT' | 'OTHER_COMMIT'

const commitRefusal = (evidence: Evidence | undefined): Refusal<CommitCode> | undefined => {
  if (!evidence) return noEvidence
  const trained = known(evidence, 'commit')
  if (trained === undefined)
    return {
      code: 'MISSING_LINEAGE',
      why: 'the training run does not say its commit: train with the pipeline',
    }
  if (!evidence.commit)
    return { code: 'NO_COMMIT', why: 'the evidence names no commit: evaluate in a pipeline or a checkout' }
  return trained === evidence.commit
    ? undefined
    : {
        code: 'OTHER_COMMIT',
        why: 'the model was trained from another commit than the pipeline has: train again',
      }
}

export const lineageCommit: GateCheck<CommitCode> = {
  name: 'lineage.commit',
  codes: ['NO_EVIDENCE', 'MISSING_LINEAGE', 'NO_COMMIT', 'OTHER_COMMIT'],
  ask: ({ policy, evidence }) => {
    if (!policy.checks.lineage?.commitMatchesPipeline) return []
    const found = known(evidence, 'commit') ?? 'unknown'
    const facts = { check: 'lineage.commit', found, wanted: evidence?.commit ?? 'the commit of the pipeline' }
    return [judged(facts, commitRefusal(evidence))]
  },
}

type TreeCode = 'NO_EVIDENCE' | 'UNKNOWN_TREE' | 'UNCLEAN_TREE'

export const lineageCleanTree: GateCheck<TreeCode> = {
  name: 'lineage.clean-tree',
  codes: ['NO_EVIDENCE', 'UNKNOWN_TREE', 'UNCLEAN_TREE'],
  ask: ({ policy, evidence }) => {
    if (!policy.checks.lineage?.cleanTree) return []
    const clean = evidence?.cleanTree
    const found = clean === undefined ? 'unknown' : clean ? 'clean' : 'changed'
    const refusal = (): Refusal<TreeCode> | undefined => {
      if (!evidence) return noEvidence
      if (clean === undefined)
        return { code: 'UNKNOWN_TREE', why: 'there was no checkout to look at: evaluate in a pipeline' }
      if (clean) return undefined
      return {
        code: 'UNCLEAN_TREE',
        why: 'the checkout had changes that are in no commit: commit, train again',
      }
    }
    return [judged({ check: 'lineage.clean-tree', found, wanted: 'clean' }, refusal())]
  },
}
