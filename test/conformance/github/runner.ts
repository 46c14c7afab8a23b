import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { holds } from '../../ci/github-expression.ts'
import {
  environmentOf,
  type Ended,
  type Happened,
  type Started,
  type WorkflowFile,
  type WorkflowStep,
} from '../../ci/github-run.ts'
import { machine } from '../ci/machine.ts'
import { git } from './repository.ts'

/** What the runner knows besides the workflow. */
export interface Place {
  /** For everything that it writes. */
  folder: string
  /** Of the repository. */
  url: string
  /** Of GitHub's API. */
  api: string
  /** Path of the workflow's file. */
  file: string
  /** The job's own token, for what it may. */
  issue: (permissions: Readonly<Record<string, string>>) => string
  /** Of the commit that the run is of, and where to fetch it. */
  commit: { sha: string; ref: string }
  /** Secrets of the environments, over those of the repository. */
  environments?: Readonly<Record<string, Record<string, string>>>
  /** Told of each process that runs a step. */
  onProcess?: (id: string, child: ChildProcess) => void
}

export interface Log {
  id: string
  text: string
  status: number
  ms: number
  /** Files that were uploaded, with their texts. */
  uploaded: Record<string, string>
}

/** `name=value`, and `name<<DELIMITER` with lines: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#multiline-strings */
const readOutputs = (file: string): Record<string, string> => {
  const found: Record<string, string> = {}
  const lines = readFileSync(file, 'utf8').split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, long, delimiter] = /^([^=<]+)<<(.+)$/.exec(line) ?? []
    const [, short, value] = /^([^=<]+)=(.*)$/.exec(line) ?? []
    if (short !== undefined) found[short] = value ?? ''
    else if (long !== undefined && delimiter !== undefined)
      found[long] = lines
        .splice(0, lines.indexOf(delimiter) + 1)
        .slice(0, -1)
        .join('\n')
    else if (line !== '') throw new Error(`GitHub refuses this line of GITHUB_OUTPUT: ${line}`)
  }
  return found
}

const files = ['ENV', 'OUTPUT', 'PATH', 'STATE', 'STEP_SUMMARY'] as const

/** https://docs.github.com/actions/reference/workflows-and-actions/variables */
const githubVariables = (
  workflow: WorkflowFile,
  id: string,
  happened: Happened,
  place: Place,
  at: { workspace: string; temp: string },
): Record<string, string> => {
  const { event, ref, repository, payload } = happened
  const pull = payload['pull_request'] as { head: { ref: string }; base: { ref: string } } | undefined
  writeFileSync(join(at.temp, 'event.json'), JSON.stringify({ ...payload, inputs: happened.inputs }))
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__run',
    GITHUB_ACTOR: 'ada',
    GITHUB_TRIGGERING_ACTOR: 'ada',
    GITHUB_API_URL: place.api,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_BASE_REF: pull?.base.ref ?? '',
    GITHUB_HEAD_REF: pull?.head.ref ?? '',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: join(at.temp, 'event.json'),
    GITHUB_JOB: id,
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SHA: place.commit.sha,
    GITHUB_WORKFLOW: workflow.name,
    GITHUB_WORKFLOW_REF: `${repository}/${place.file}@${ref}`,
    GITHUB_WORKSPACE: at.workspace,
    ...Object.fromEntries(files.map((name) => [`GITHUB_${name}`, join(at.temp, name)])),
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: at.temp,
    RUNNER_TOOL_CACHE: join(place.folder, 'tools'),
  }
}

/** As actions/checkout does: one commit, or all of them. */
const checkOut = ({ with: given = {} }: WorkflowStep, place: Place, workspace: string): void => {
  const depth = given['fetch-depth'] === 0 ? [] : ['--depth=1']
  const { sha, ref } = place.commit
  git(workspace, place.folder, 'init', '--quiet')
  git(workspace, place.folder, 'remote', 'add', 'origin', place.url)
  git(workspace, place.folder, 'fetch', '--quiet', ...depth, 'origin', `+${ref}:refs/remotes/origin/it`)
  git(workspace, place.folder, 'checkout', '--quiet', '--detach', sha)
}

interface Ran {
  status: number
  text: string
}

/** `shell: bash` is this command: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const runScript = async (
  script: string,
  env: Record<string, string>,
  cwd: string,
  onProcess: (child: ChildProcess) => void,
): Promise<Ran> => {
  const file = join(env['RUNNER_TEMP'] ?? cwd, 'step.sh')
  writeFileSync(file, `${script}\n`)
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onProcess(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => void (text += String(chunk)))
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
  })
  return { status, text }
}

/** Of globs, only `*` within a name is used here. */
const uploadsOf = ({ with: given = {} }: WorkflowStep, workspace: string): Record<string, string> => {
  const patterns = String(given['path'])
    .split('\n')
    .map((glob) => new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`))
  const found = readdirSync(workspace, { recursive: true, encoding: 'utf8' })
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .toSorted()
  return Object.fromEntries(found.map((file) => [file, readFileSync(join(workspace, file), 'utf8')]))
}

/**
 * A job on a runner: a folder of its own, its steps one after the other.
 * @returns how it ended, with its outputs, and what it said
 */
export const runJob = async (
  workflow: WorkflowFile,
  { id, job, scope }: Started,
  happened: Happened,
  place: Place,
): Promise<Ended & Log> => {
  const folder = mkdtempSync(join(place.folder, `${id}-`))
  const at = { workspace: join(folder, 'work'), temp: join(folder, 'temp') }
  for (const path of [at.workspace, at.temp]) mkdirSync(path)
  for (const name of files) writeFileSync(join(at.temp, name), '')
  const secrets = { ...happened.secrets, ...place.environments?.[job.environment ?? ''] }
  const steps: Record<string, { outputs: Record<string, string> }> = {}
  const github = { ...(scope.contexts['github'] as object), token: place.issue(job.permissions) }
  const inJob = { ...scope, contexts: { ...scope.contexts, secrets, steps, github } }
  const began = Date.now()
  const log: Log = { id, text: '', status: 0, ms: 0, uploaded: {} }
  for (const step of job.steps) {
    const failed = log.status !== 0
    const functions = { ...scope.functions, success: () => !failed, failure: () => failed }
    if (!holds(step.if ?? 'success()', { ...inJob, functions })) continue
    if (step.uses?.startsWith('actions/checkout@')) checkOut(step, place, at.workspace)
    if (step.uses?.startsWith('actions/upload-artifact@'))
      Object.assign(log.uploaded, uploadsOf(step, at.workspace))
    if (step.run === undefined) continue
    writeFileSync(join(at.temp, 'OUTPUT'), '')
    const env = {
      ...machine,
      HOME: place.folder,
      LANG: 'C.UTF-8',
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      ...githubVariables(workflow, id, happened, place, at),
      ...environmentOf(workflow, job, step, inJob),
    }
    const { status, text } = await runScript(step.run, env, at.workspace, (child) =>
      place.onProcess?.(id, child),
    )
    log.text += text
    log.status = log.status || status
    if (step.id !== undefined) steps[step.id] = { outputs: readOutputs(join(at.temp, 'OUTPUT')) }
  }
  log.ms = Date.now() - began
  const outputs = environmentOf(
    { ...workflow, env: {} },
    { ...job, env: {} },
    { env: job.outputs ?? {} },
    inJob,
  )
  if (existsSync(join(at.workspace, 'pwned'))) throw new Error(`${id} ran what came from outside`)
  return { ...log, result: log.status === 0 ? 'success' : 'failure', outputs }
}
