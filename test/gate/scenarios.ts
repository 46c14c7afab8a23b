import type { SuiteEvidence } from '../../src/plan/state-evidence.ts'
import { ev, evald, only, type Change, type Sample } from './sample.ts'
import { measured, type Spoilt } from './scenarios-measured.ts'

/** A version that this check refuses, for this reason, and no other check does. */
export interface Scenario {
  check: string
  code: string
  change: Change
  /** Others refuse it as well, and on purpose: without evidence each check says so for itself. */
  together?: boolean
}

const suite = (sample: Sample, part: Partial<SuiteEvidence>): void => {
  ev(sample).tests = ev(sample).tests.map((one) => (one.suite === 'unit' ? { ...one, ...part } : one))
}

const candidate: Spoilt = {
  NO_VERSION: (s) => {
    s.moment.candidate = undefined
    s.policy.approvals = {}
  },
  NOT_READY: (s) => s.moment.candidate && (s.moment.candidate.status = 'PENDING_REGISTRATION'),
  REJECTED: (s) => s.moment.candidate && (s.moment.candidate.tags['brickrail_verdict'] = 'rejected'),
}

const path: Spoilt = {
  NOT_IN_PATH: (s) => void (s.policy.path = ['staging']),
  STAGING_SKIPPED: (s) => void (s.moment.passed = {}),
  ARCHIVED: (s) => s.moment.candidate && (s.moment.candidate.stage = 'Archived'),
}

const champion: Spoilt = {
  CHAMPION_CHANGED: (s) => void (s.moment.holders.production = ['5']),
  CHAMPION_VANISHED: (s) => void (s.moment.holders.production = []),
  CHAMPION_APPEARED: (s) => {
    delete ev(s).champion
    only(s, {})
  },
  TWO_CHAMPIONS: (s) => void (s.moment.holders.production = ['5', '6']),
}

const firstRelease: Spoilt = {
  FIRST_RELEASE_NOT_ALLOWED: (s) => {
    s.moment.holders.production = []
    delete ev(s).champion
    s.policy.firstRelease.allow = false
  },
}

const age: Spoilt = {
  NO_EVIDENCE: (s) => {
    s.evidence = undefined
    delete s.policy.evaluation
    s.policy.approvals = {}
    only(s, {})
  },
  OTHER_MODEL: (s) => void (ev(s).model.name = 'other'),
  OTHER_VERSION: (s) => void (ev(s).model.version = '8'),
  UNREADABLE_TIME: (s) => void (evald(s).at = 'yesterday'),
  FROM_THE_FUTURE: (s) => void (evald(s).at = '2026-11-21T12:06:00Z'),
  EVIDENCE_TOO_OLD: (s) => void (evald(s).at = '2026-11-20T11:59:00Z'),
}

const lineage: Spoilt = { MISSING_LINEAGE: (s) => delete ev(s).lineage['params'] }

const lineageCommit: Spoilt = {
  MISSING_LINEAGE: (s) => delete ev(s).lineage['commit'],
  NO_COMMIT: (s) => {
    delete ev(s).commit
    delete s.policy.checks.tests
  },
  OTHER_COMMIT: (s) => void (ev(s).lineage['commit'] = '0000000'),
}

const tree: Spoilt = {
  UNKNOWN_TREE: (s) => delete ev(s).cleanTree,
  UNCLEAN_TREE: (s) => void (ev(s).cleanTree = false),
}

const tests: Spoilt = {
  NO_COMMIT: (s) => {
    delete ev(s).commit
    delete s.policy.checks.lineage
  },
  TESTS_MISSING: (s) => void (ev(s).tests = ev(s).tests.filter(({ suite: name }) => name !== 'unit')),
  TWO_REPORTS: (s) => void (ev(s).tests = [...ev(s).tests, ...ev(s).tests]),
  TESTS_OF_OTHER_COMMIT: (s) => suite(s, { commit: '0000000' }),
  UNREADABLE_COUNTS: (s) => suite(s, { tests: Number.NaN }),
  ZERO_TESTS: (s) => suite(s, { tests: 0, passed: 0, skipped: 0 }),
  TESTS_FAILED: (s) => suite(s, { tests: 4, failed: 1 }),
  TOO_FEW_PASSED: (s) => suite(s, { tests: 1, passed: 1, skipped: 0 }),
  TOO_MANY_SKIPPED: (s) => suite(s, { tests: 4, skipped: 2 }),
}

const approvals: Spoilt = {
  NO_EVIDENCE: (s) => void (s.moment.evidence = ''),
  UNKNOWN_TRAINER: (s) => delete ev(s).trainer,
  UNKNOWN_COMMITTER: (s) => delete ev(s).committer,
  APPROVAL_MISSING: (s) => void (s.moment.approvals = []),
}

const table: Record<string, Spoilt> = {
  'candidate.ready': candidate,
  'path.staging': path,
  'champion.unchanged': champion,
  'champion.first-release': firstRelease,
  'evidence.age': age,
  'lineage.<name>': lineage,
  'lineage.commit': lineageCommit,
  'lineage.clean-tree': tree,
  'tests.<suite>': tests,
  ...measured,
  'tags.<key>': {
    MISSING_TAG: (s) => void (ev(s).tags['owner'] = ' '),
    OTHER_TAG: (s) => void (ev(s).tags['risk'] = 'high'),
  },
  'docs.description': { NO_DESCRIPTION: (s) => delete ev(s).description },
  'docs.model-card': {
    NO_MODEL_CARD: (s) => delete s.policy.checks.docs?.modelCard?.found,
    MISSING_SECTIONS: (s) => s.policy.checks.docs?.modelCard?.sections.push('limits'),
  },
  freeze: {
    FROZEN: (s) =>
      void (s.moment.frozenUntil = { until: '2026-11-23T00:00:00Z', window: '0 0 * * 5 for 72 h' }),
  },
  approvals,
}

const alone: Scenario[] = Object.entries(table).flatMap(([check, codes]) =>
  Object.entries(codes).map(([code, change]) => ({ check, code, change })),
)

/** Checks that refuse it each for itself, should another of them ever be lost. */
const together: Scenario[] = [
  ...Object.keys(table)
    .filter((check) => /^(lineage|tests|signature|metrics|data|slices|tags|docs\.description)/.test(check))
    .filter((check) => check !== 'signature.present')
    .map((check) => ({ check, code: 'NO_EVIDENCE', change: (s: Sample) => void (s.evidence = undefined) })),
  ...['evidence.age', 'data.rows'].map((check) => ({
    check,
    code: 'NOT_EVALUATED',
    change: (s: Sample) => delete ev(s).evaluation,
  })),
].map((one) => ({ ...one, together: true }))

export const scenarios: readonly Scenario[] = [...alone, ...together]
