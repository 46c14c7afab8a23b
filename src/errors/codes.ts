import type { Entry } from './entry.ts'

/** The hint of a bad command line that has none of its own; the edge names the command in it. */
export const seeHelp = 'see --help'

/** Of everything but models. */
export const codes = {
  CONFIG_INVALID: {
    exit: 2,
    say: (c) => `${c['count']} fault(s) in the project's files; nothing was sent`,
    hint: () => 'mend each line above and run `brickrail validate` again',
  },
  USAGE: { exit: 2, say: (c) => `${c['what']}`, hint: (c) => `${c['hint'] ?? seeHelp}` },
  TARGET_UNKNOWN: {
    exit: 2,
    say: (c) => `there is no target «${c['target']}» in ${c['file']}`,
    hint: (c) => `targets: ${c['known']}`,
  },
  ENV_MISSING: {
    exit: 2,
    say: (c) => `${c['variable']} is ${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
  PLAN_UNREADABLE: {
    exit: 2,
    say: (c) => `${c['file']} is not a plan that this version can apply: ${c['why']}`,
    hint: () => 'write it again with `brickrail plan --out`',
  },
  PLAN_STALE: {
    exit: 2,
    say: (c) => `${c['file']} no longer fits: ${c['why']}`,
    hint: () => 'plan again and have the new plan reviewed; nothing was changed',
  },
  CHANGES_PENDING: {
    exit: 3,
    say: (c) => `${c['count']} change(s) are pending`,
    hint: () => 'apply them with `brickrail deploy`',
  },
  FILES_STALE: {
    exit: 3,
    say: (c) => `${c['count']} pipeline file(s) differ from what the spec generates: ${c['files']}`,
    hint: () => 'run `brickrail generate` and commit what it writes',
  },
  API_REFUSED: {
    exit: 4,
    say: (c) => `${c['method']} ${c['path']} -> ${c['status']} ${c['errorCode']}: ${c['message']}`,
    hint: (c) => `${c['hint']}`,
  },
  ANSWER_LOST: {
    exit: 4,
    say: (c) =>
      `${c['method']} ${c['path']}: the answer was lost (${c['why']}), so it is unknown whether it took effect`,
    hint: () => 'run the command again; it looks at what is there first',
  },
  HOST_UNREACHABLE: {
    exit: 4,
    say: (c) => `${c['host']} cannot be reached: ${c['why']}`,
    hint: (c) =>
      `${c['hint'] ?? 'check DATABRICKS_HOST (or `host` of the target), DNS, proxy and firewall of this machine'}`,
  },
  NOT_JSON: {
    exit: 4,
    say: (c) => `${c['method']} ${c['path']} -> ${c['status']}, but the answer is ${c['what']}, not JSON`,
    hint: () =>
      'a login page or proxy answered: check that the host is a workspace, the token is of that workspace, and IP access lists let this machine in',
  },
  CI_REFUSED: {
    exit: 4,
    say: (c) => `${c['host']}: ${c['method']} ${c['path']} -> ${c['status']}: ${c['message']}`,
    hint: (c) => `${c['hint']}`,
  },
  OUTPUTS_LOST: {
    exit: 4,
    say: (c) => `the outputs of this run are lost: ${c['what']} cannot be written: ${c['why']}`,
    hint: () =>
      'see whether the disk is full and the file may be written, and run the job again: later jobs would take what it did for nothing',
  },
  CI_UNREACHABLE: {
    exit: 4,
    say: (c) => `${c['host']} at ${c['url']} cannot be reached: ${c['why']}`,
    hint: (c) => `${c['hint'] ?? 'check the address, DNS, proxy and firewall of this machine'}`,
  },
  CI_DENIED: {
    exit: 5,
    say: (c) => `${c['host']} does not allow ${c['what']}: ${c['message']}`,
    hint: (c) => `${c['hint']}`,
  },
  CLUSTER_FAILED: {
    exit: 4,
    say: (c) => `cluster ${c['name']} (${c['id']}) went to ${c['state']} while starting: ${c['reason']}`,
    hint: (c) => `${c['hint']}`,
  },
  LIBRARY_FAILED: {
    exit: 4,
    say: (c) =>
      `${c['count'] === 1 ? '1 library' : `${c['count']} libraries`} did not install on ${c['name']}: ${c['list']}`,
    hint: (c) =>
      `${c['hint'] ?? 'fix the name or version in the libraries file, or read the driver log of the cluster'}`,
  },
  NOT_APPLIED: {
    exit: 4,
    say: (c) => `the workspace answered success, but ${c['what']}`,
    hint: () => 'run the command again; if it persists, somebody else is writing to the same place',
  },
  FOREIGN: {
    exit: 4,
    say: (c) => `${c['what']}${c['owner'] === undefined ? '' : ` belongs to ${c['owner']}`}`,
    hint: (c) => `${c['hint']}`,
  },
  LEDGER_UNREADABLE: {
    exit: 4,
    say: (c) => `the ${c['kind'] ?? 'deployment'} record ${c['path']} cannot be read: ${c['why']}`,
    hint: (c) =>
      c['kind'] === 'promotion'
        ? 'restore it from the workspace trash; if you delete it, the history of the model has a gap'
        : 'restore it from the workspace trash, or delete it to have the next deployment compare everything',
  },
  NO_SUCH_DEPLOYMENT: {
    exit: 2,
    say: (c) =>
      `there is no finished deployment ${c['number'] === undefined ? 'to go back to' : `#${c['number']}`} of ${c['target']}`,
    hint: (c) => `${c['known']}; see \`brickrail history\``,
  },
  UNAUTHENTICATED: {
    exit: 5,
    say: (c) => `${c['host']} does not accept the credentials (${c['method']}): ${c['message']}`,
    hint: (c) => `${c['hint']}`,
  },
  CREDENTIALS_MISSING: {
    exit: 5,
    say: (c) => `no credentials for ${c['host']}: ${c['tried']}`,
    hint: (c) =>
      `${c['hint'] ?? 'set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID with DATABRICKS_CLIENT_SECRET, or an OIDC token, or a profile in ~/.databrickscfg'}`,
  },
  PERMISSION_DENIED: {
    exit: 5,
    say: (c) => `${c['who']} may not ${c['method']} ${c['path']}: ${c['message']}`,
    hint: () => 'ask a workspace admin for the right; `brickrail doctor` lists what this project needs',
  },
  DOCTOR: {
    exit: 5,
    say: (c) => `${c['count']} check(s) failed`,
    hint: () => 'each line above says what to ask of whom',
  },
  LOCKED: {
    exit: 6,
    say: (c) =>
      `${c['target']} is busy: ${c['kind']} #${c['number']} by ${c['owner']} since ${c['since']}${c['url']}`,
    hint: (c) =>
      `wait for it; if its process is dead, the lock ends by itself in ${c['left']}, or \`${c['unlock']}\``,
  },
  OVERTAKEN: {
    exit: 6,
    say: (c) =>
      `${c['kind']} #${c['number']} of ${c['target']} was made by ${c['owner']} while this run was planning`,
    hint: () => 'run again: it plans on what is there now; nothing was changed',
  },
  LOCK_LOST: {
    exit: 6,
    say: (c) => `${c['kind']} #${c['number']} of ${c['target']} no longer holds the lock: ${c['why']}`,
    hint: () =>
      'this run was silent for too long and has stopped; look at `brickrail history`, then run again',
  },
  TIMEOUT: {
    exit: 7,
    say: (c) => `gave up after ${c['seconds']} s waiting for ${c['what']}; last state ${c['state']}`,
    hint: (c) => `${c['hint']}`,
  },
  NOT_KEPT: {
    exit: 4,
    say: (c) => `${c['what']} is no longer in the workspace, and was too large to be kept in the record`,
    hint: () => 'check out the commit of that deployment and run `brickrail deploy` there',
  },
  PACKAGE_NOT_BUILT: {
    exit: 2,
    say: (c) => `${c['what']}: ${c['why']}`,
    hint: (c) => `${c['hint']}; nothing was sent`,
  },
  RUN_FAILED: {
    exit: 8,
    say: (c) => `run ${c['run']} of ${c['what']} ended ${c['state']}${c['why']}`,
    hint: (c) => `${c['hint']}`,
  },
  RUN_NOT_FOUND: {
    exit: 2,
    say: (c) => `there is no run ${c['run']} on ${c['host']}: ${c['message']}`,
    hint: () => 'give the number that `brickrail run` printed; a workspace forgets runs after 60 days',
  },
  NOT_DEPLOYED: {
    exit: 4,
    say: (c) => `${c['what']} is not deployed to ${c['target']}`,
    hint: (c) => `${c['hint']}`,
  },
  TESTS_FAILED: {
    exit: 8,
    say: (c) => `${c['what']}`,
    hint: (c) => `${c['hint']}`,
  },
  NO_TESTS: {
    exit: 8,
    say: (c) => `no test was executed: ${c['what']}`,
    hint: () =>
      'a run without tests proves nothing: see that the suite finds its tests, and does not skip all of them',
  },
  INTERRUPTED: {
    exit: 4,
    say: (c) => `stopped by ${c['signal']}: ${c['what']}`,
    hint: (c) => `${c['hint'] ?? 'run the same command again; it goes on from what is there'}`,
  },
} satisfies Record<string, Entry>
