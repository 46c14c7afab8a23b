// https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { machine } from '../ci/machine.ts'
import { git } from '../github/repository.ts'
import { nameOf, stepsOf, variablesOf, type AzureJob, type AzureStage, type Step } from './expand.ts'
import { evaluate, text } from './expression.ts'
import { jobsStarted, type Run } from './service.ts'

/** A variable group: what is secret, and what is for everybody to see. */
export interface Group {
  plain: Record<string, string>
  secret: Record<string, string>
}

/** What the agent knows besides the pipeline. */
export interface Place {
  /** For everything that it writes. */
  folder: string
  /** Of the repository, to fetch from. */
  url: string
  commit: { sha: string; ref: string }
  /** Variable groups by name. */
  groups: Readonly<Record<string, Group>>
  /** Predefined variables of this run, over the usual ones. */
  predefined?: Readonly<Record<string, string>>
  accessToken?: string
  /** Told of each process that runs a step. */
  onProcess?: (id: string, child: ChildProcess) => void
  /** A script, before it is run. */
  mend?: (script: string) => string
}

export interface Ended {
  id: string
  status: number
  text: string
  ms: number
  /** Files of JUnit that were found, with their texts. */
  results: Record<string, string>
  /** By name, with that of the step: `run.changes`. */
  outputs: Record<string, string>
  /** Text of the summaries that were handed over. */
  summaries: string[]
}

interface Variables {
  plain: Record<string, string>
  secret: Record<string, string>
}

const merge = (variables: readonly Variables[]): Variables => ({
  plain: Object.assign({}, ...variables.map(({ plain }) => plain)) as Record<string, string>,
  secret: Object.assign({}, ...variables.map(({ secret }) => secret)) as Record<string, string>,
})

const environmentOf = ({ environment = '' }: AzureJob): string =>
  typeof environment === 'string' ? environment : environment.name

const predefined = (run: Run, stage: AzureStage, job: AzureJob, place: Place, at: Folders): Variables => ({
  plain: {
    'Agent.BuildDirectory': at.root,
    'Agent.Id': '8',
    'Agent.JobName': job.displayName ?? nameOf(job),
    'Agent.JobStatus': 'Succeeded',
    'Agent.MachineName': 'runnervm',
    'Agent.Name': 'Azure Pipelines 1',
    'Agent.OS': 'Linux',
    'Agent.OSArchitecture': 'X64',
    'Agent.TempDirectory': at.temp,
    'Agent.ToolsDirectory': join(place.folder, 'tools'),
    'Build.ArtifactStagingDirectory': join(at.root, 'a'),
    'Build.BuildId': '4711',
    'Build.BuildNumber': '20261121.3',
    'Build.DefinitionName': run.path,
    'Build.QueuedBy': 'Ada',
    'Build.Repository.Id': 'repo-1',
    'Build.Repository.Name': 'shop',
    'Build.Repository.Provider': 'TfsGit',
    'Build.RequestedFor': 'Ada',
    'Build.RequestedForEmail': 'ada@example.com',
    'Build.SourceBranchName': (run.variables['Build.SourceBranch'] ?? '').split('/').at(-1) ?? '',
    'Build.SourcesDirectory': at.sources,
    'Build.SourceVersion': place.commit.sha,
    'Pipeline.Workspace': at.root,
    system: 'build',
    'System.CollectionUri': 'https://dev.azure.com/acme/',
    'System.DefaultWorkingDirectory': at.sources,
    'System.HostType': 'build',
    'System.JobAttempt': '1',
    'System.JobId': '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
    'System.JobName': nameOf(job),
    'System.PlanId': '7e1f0d7a-5a0f-4d6e-9d5a-3f1c2b7a9e10',
    'System.PullRequest.IsFork': 'False',
    'System.StageName': stage.stage,
    'System.TeamFoundationCollectionUri': 'https://dev.azure.com/acme/',
    'System.TeamProject': 'web shop',
    'System.TeamProjectId': '5ab8a7a0-9b2b-4d36-bd7d-d3b2f1a6a6a1',
    ...(job.deployment && { 'Environment.Name': environmentOf(job), 'Strategy.Name': 'runOnce' }),
    ...run.variables,
    ...place.predefined,
  },
  secret: place.accessToken === undefined ? {} : { 'System.AccessToken': place.accessToken },
})

interface Folders {
  root: string
  sources: string
  temp: string
}

/** Outputs by stage and job. */
type Outputs = Record<string, Record<string, { outputs: Record<string, string> }>>

const evaluated = (values: Record<string, string>, outputs: Outputs, stage: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const [, inner] = /^\$\[(.*)\]$/.exec(value) ?? []
      const names = { stageDependencies: outputs, dependencies: outputs[stage] ?? {} }
      return [name, inner === undefined ? value : text(evaluate(inner, { names }))]
    }),
  )

/** `$(name)` becomes the value; what is not defined stays as it is. */
const expandMacros = (source: string, { plain, secret }: Variables): string =>
  source.replaceAll(/\$\(([^()]*)\)/g, (whole, name: string) => {
    const all = { ...plain, ...secret }
    const key = Object.keys(all).find((one) => one.toLowerCase() === name.toLowerCase())
    return key === undefined ? whole : (all[key] ?? '')
  })

/** Variables are in the environment under another name, secret ones not at all. */
const environment = ({ plain }: Variables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plain).map(([name, value]) => [name.replaceAll(/[. ]/g, '_').toUpperCase(), value]),
  )

const checkOut = ({ fetchDepth }: Step, place: Place, folder: string): void => {
  const depth = fetchDepth === 0 ? [] : [`--depth=${Number(fetchDepth)}`]
  const { sha, ref } = place.commit
  git(folder, place.folder, 'init', '--quiet')
  git(folder, place.folder, 'remote', 'add', 'origin', place.url)
  git(
    folder,
    place.folder,
    'fetch',
    '--quiet',
    '--no-tags',
    ...depth,
    'origin',
    `+${ref}:refs/remotes/origin/it`,
  )
  git(folder, place.folder, 'checkout', '--quiet', '--detach', sha)
}

/** What Bash@3 does: https://github.com/microsoft/azure-pipelines-tasks/blob/master/Tasks/BashV3/bash.ts */
const runBash = async (
  script: string,
  env: Record<string, string>,
  at: Folders,
  onProcess: (child: ChildProcess) => void,
): Promise<{ status: number; text: string }> => {
  const file = join(at.temp, `${Math.random().toString(36).slice(2)}.sh`)
  writeFileSync(file, script)
  const child = spawn('bash', [file], { cwd: at.sources, env, stdio: ['ignore', 'pipe', 'pipe'] })
  onProcess(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => void (said += String(chunk)))
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 128))
  })
  return { status, text: said }
}

const unescaped = (value: string): string =>
  value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%AZP25', '%')

/** What the agent reads from the log of a step. */
const commands = (log: string, step: string): Pick<Ended, 'outputs' | 'summaries'> => {
  const set = log.matchAll(/^##vso\[task\.setvariable ([^\]]*)\](.*)$/gm)
  const outputs = [...set].flatMap(([, given = '', value = '']) => {
    const [, name] = /(?:^|;)variable=([^;]+)/.exec(given) ?? []
    return name !== undefined && /isOutput=true/i.test(given) ? [[`${step}.${name}`, unescaped(value)]] : []
  })
  const files = [...log.matchAll(/^##vso\[task\.uploadsummary\](.*)$/gm)].map(([, path = '']) => path)
  return {
    outputs: Object.fromEntries(outputs),
    summaries: files.map((path) => readFileSync(unescaped(path), 'utf8')),
  }
}

/** Of globs, only `*` within a name is used here. */
const found = (glob: string, folder: string): Record<string, string> => {
  const pattern = new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Object.fromEntries(
    files
      .filter((file) => pattern.test(file))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  )
}

const runJob = async (run: Run, stage: AzureStage, job: AzureJob, place: Place, outputs: Outputs) => {
  const id = nameOf(job)
  const root = mkdtempSync(join(place.folder, `${id}-`))
  const at = { root, sources: join(root, 's'), temp: join(root, '_temp') }
  for (const path of [at.sources, at.temp]) mkdirSync(path)
  const own = [run.pipeline.variables, job.variables].flatMap((one): Variables[] => {
    const { values, groups } = variablesOf(one)
    return [
      ...groups.map((group) => place.groups[group] ?? { plain: {}, secret: {} }),
      { plain: evaluated(values, outputs, stage.stage), secret: {} },
    ]
  })
  const variables = merge([predefined(run, stage, job, place, at), ...own])
  const ended: Ended = { id, status: 0, text: '', ms: 0, results: {}, outputs: {}, summaries: [] }
  const began = Date.now()
  for (const step of stepsOf(job)) {
    if (ended.status !== 0 && step.condition !== 'succeededOrFailed()') continue
    if (step.checkout) checkOut(step, place, at.sources)
    if (step.task === 'PublishTestResults@2')
      Object.assign(ended.results, found(String(step.inputs?.['testResultsFiles']), at.sources))
    if (step.bash === undefined) continue
    const mapped = Object.entries(step.env ?? {}).map(([name, value]) => [
      name,
      expandMacros(value, variables),
    ])
    const env = {
      ...machine,
      HOME: place.folder,
      LANG: 'C.UTF-8',
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TF_BUILD: 'True',
      ...environment(variables),
      ...(Object.fromEntries(mapped) as Record<string, string>),
    }
    const script = expandMacros(step.bash, variables)
    const said = await runBash(place.mend?.(script) ?? script, env, at, (child) =>
      place.onProcess?.(id, child),
    )
    const read = commands(said.text, step.name ?? '')
    Object.assign(ended.outputs, read.outputs)
    ended.summaries.push(...read.summaries)
    ended.text += said.text
    ended.status ||= said.status
  }
  if (existsSync(join(at.sources, 'pwned'))) throw new Error(`${id} ran what came from outside`)
  return { ...ended, ms: Date.now() - began }
}

/** Runs a pipeline, job by job, as far as it goes. */
export const execute = async (run: Run, place: Place): Promise<Ended[]> => {
  const done: Ended[] = []
  const outputs: Outputs = {}
  for (;;) {
    const failed = done.filter(({ status }) => status !== 0).map(({ id }) => id)
    const next = jobsStarted(run, failed).find((id) => done.every((one) => one.id !== id))
    const stage = run.pipeline.stages.find(({ jobs }) => jobs.some((job) => nameOf(job) === next))
    const job = stage?.jobs.find((one) => nameOf(one) === next)
    if (!stage || !job) return done
    const ended = await runJob(run, stage, job, place, outputs)
    const prefix = job.deployment ? `${job.deployment}.` : ''
    outputs[stage.stage] ??= {}
    Object.assign(outputs[stage.stage] ?? {}, {
      [ended.id]: {
        outputs: Object.fromEntries(
          Object.entries(ended.outputs).map(([name, value]) => [`${prefix}${name}`, value]),
        ),
      },
    })
    done.push(ended)
  }
}
