import type { Entry } from './entry.ts'

/** Of models: candidates, evidence, gates and promotion. */
export const modelCodes = {
  NO_CANDIDATE: {
    exit: 8,
    say: (c) => `there is no candidate for ${c['model']}: ${c['why']}`,
    hint: (c) => `${c['hint'] ?? 'train first: `brickrail train`; or name a version with --version'}`,
  },
  CANDIDATES_TIED: {
    exit: 8,
    say: (c) => `${c['model']}: ${c['list']} are tied for candidate on ${c['order']}`,
    hint: () => 'add a metric to candidate.order, or set candidate.tie_break to newest or oldest',
  },
  MODEL_NOT_FOUND: {
    exit: 4,
    say: (c) => `${c['what']} is not in ${c['registry']}`,
    hint: (c) => `${c['hint']}`,
  },
  VERSION_NOT_READY: {
    exit: 4,
    say: (c) => `version ${c['version']} of ${c['model']} is ${c['status']}${c['why']}`,
    hint: () => 'only a version that is READY can be used; register the model again',
  },
  ALIAS_DANGLES: {
    exit: 4,
    say: (c) => `alias ${c['alias']} of ${c['model']} names version ${c['version']}, which is gone`,
    hint: (c) => `${c['hint']}`,
  },
  GATE_REFUSED: {
    exit: 8,
    say: (c) => `version ${c['version']} of ${c['model']} may not go to ${c['place']}: ${c['why']}`,
    hint: (c) => `${c['hint'] ?? 'the table above says what each check found; nothing was changed'}`,
  },
  EVIDENCE_INVALID: {
    exit: 8,
    say: (c) => `the evidence of version ${c['version']} of ${c['model']} cannot be used: ${c['why']}`,
    hint: () => 'evaluate again: `brickrail evaluate`; approvals of other evidence do not count',
  },
  APPROVAL_MISSING: {
    exit: 9,
    say: (c) =>
      `version ${c['version']} of ${c['model']} waits for ${c['count']} approval(s) to go to ${c['place']}`,
    hint: (c) => `${c['hint']}`,
  },
  APPROVER_REFUSED: {
    exit: 5,
    say: (c) => `${c['user']} may not approve this: ${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
  SIGNATURE_TOOL_MISSING: {
    exit: 5,
    say: (c) => `signed approvals cannot be checked or made: ssh-keygen does not start (${c['why']})`,
    hint: () => 'install OpenSSH 8.2 or later (apt-get install openssh-client)',
  },
  SIGNING_FAILED: {
    exit: 5,
    say: (c) => `${c['key']} cannot sign: ${c['why']}`,
    hint: () =>
      'give --sign a private key of OpenSSH, or a public one whose private key the ssh agent has; `ssh-keygen -t ed25519` makes one',
  },
  CHAMPION_CHANGED: {
    exit: 6,
    say: (c) =>
      `${c['place']} of ${c['model']} changed while this run was planning: ${c['was']} -> ${c['is']}`,
    hint: () => 'somebody else has promoted; evaluate again against what is there now; nothing was changed',
  },
  NOTHING_TO_RESTORE: {
    exit: 2,
    say: (c) => `there is no earlier version of ${c['model']} to go back to in ${c['place']}`,
    hint: (c) => `${c['hint'] ?? 'see `brickrail history --model`; --version names one'}`,
  },
  MODEL_FILES_UNREADABLE: {
    exit: 4,
    say: (c) => `the files of ${c['what']} cannot be read: ${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
  RESULTS_UNBOUND: {
    exit: 2,
    say: (c) => `the results of these tests cannot be kept for a commit: ${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
  EVALUATION_FAILED: {
    exit: 8,
    say: (c) => `version ${c['version']} of ${c['model']} could not be evaluated: ${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
} satisfies Record<string, Entry>
