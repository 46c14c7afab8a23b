import { distance } from 'fastest-levenshtein'
import { exitCodes } from '../errors.ts'
import type { Script, World } from './script.ts'
import { version } from './version.ts'

/** Every command, in the order in which a newcomer meets them. Each is a file in scripts/, loaded only when it is asked for. */
export const commands: Readonly<Record<string, string>> = {
  demo: 'watch it on the embedded workspace: deploy, train, test, deploy a change',
  init: 'put a sample project into another repository',
  validate: 'check every file of the project, offline',
  doctor: 'check credentials, identity, permissions and registries, before any write',
  package: 'build the Python wheels of the project, reproducibly',
  plan: 'show what deploy would do, and what it would hit',
  deploy: 'bring the workspace to what the project declares',
  'build-cluster': 'the clusters part of deploy, with their libraries',
  'install-libraries': 'the libraries part of deploy',
  'sync-workspace': 'the files part of deploy',
  'deploy-jobs': 'the packages, apps and jobs part of deploy',
  run: 'run a job or a file, follow it, and fail unless it succeeds',
  logs: 'what a run has printed, its errors and traces',
  test: 'run the test suites, here and on clusters',
  status: 'what is deployed, and how it differs',
  train: 'train the models: run their jobs, and name the candidates that come of it',
  evaluate: 'measure candidate and champion on the same rows, and ask the policy',
  promote: 'bring a model version to Staging or Production, if its policy lets it',
  retrain: 'train, evaluate and promote to Staging when the champion is too old or fails',
  approve: 'approve that a model version is promoted, as yourself, bound to its evidence',
  reject: 'say no to a model version, until it is evaluated anew',
  'rollback-model': 'bring production of a model back to the version before',
  models: 'versions of the models: where they are, metrics, tests, who promoted them',
  compare: 'rank runs or versions by metrics',
  pull: 'download the files of a model version, with their digests',
  history: 'the deployments of a target, or the promotions of a model',
  rollback: 'restore an earlier deployment: the one before the newest, or --to n',
  unlock: 'end the lock of a run that died',
  destroy: 'remove what this project has deployed',
  generate: 'write the CI pipelines of GitLab, Azure DevOps and GitHub',
  bootstrap: 'set up a CI host for them: secrets, environments, approvals, locks, schedules',
  changes: 'tell which jobs a push starts, for pipelines that cannot tell themselves',
  emulator: 'serve the embedded workspace for any Databricks client',
}

export const scriptNamed = async (name: string): Promise<Script | undefined> => {
  if (!Object.hasOwn(commands, name)) return undefined
  // The suffix is that of this very file: .ts under a TypeScript runner, .js in dist/.
  const suffix = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
  const module = (await import(new URL(`../../scripts/${name}${suffix}`, import.meta.url).href)) as {
    script: Script
  }
  return module.script
}

const helpText = (): string => {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(([name, about]) => `  ${name.padEnd(width)}  ${about}`)
  return `brickrail ${version}: the rails between a Git push and a promoted model on Databricks\n\nUsage: brickrail <command> [options]\n\n${lines.join('\n')}\n\nEach has --help.\n`
}

type Out = World['stdout']

/** What to say when the first word is no command. Returns the exit code. */
export const overview = (word: string, stdout: Out, stderr: Out): number => {
  if (['--version', '-v', 'version'].includes(word)) stdout.write(`${version}\n`)
  else if (['--help', '-h', 'help'].includes(word)) stdout.write(helpText())
  else {
    const near = Object.keys(commands).find((name) => distance(word, name) <= 2)
    stderr.write(
      `error: there is no command ${word}\n  what to do: ${near ? `did you mean ${near}?` : 'see brickrail --help'}\n`,
    )
    return exitCodes.usage
  }
  return exitCodes.done
}
