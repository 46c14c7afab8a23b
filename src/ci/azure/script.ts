import type { Job, Pipeline } from '../model.ts'
import { replacingShell } from '../script.ts'
import { connectionOf } from './environment.ts'
import { literal, scriptStep } from './names.ts'

/** Azure puts a variable's value for `$(name)` before bash sees the line; to bash a blank there makes no difference. */
const withoutMacros = (line: string): string => line.replaceAll(/\$\((?=[\w.-]+\))/g, '$( ')

/** Azure's bash goes on after a line that fails. When a job is cancelled, Bash@3 sends SIGTERM to the shell alone. */
export const bashText = (script: readonly string[], command?: string): string => {
  const lines = command === undefined ? [...script] : replacingShell(script, command)
  const [only, ...more] = lines.map((line) => literal(withoutMacros(line)))
  const replaced = more.length === 0 && lines[0] !== script[0]
  return replaced ? (only ?? '') : `${['set -eo pipefail', only ?? '', ...more].join('\n')}\n`
}

/** The step that runs a job's script. */
export const scriptOf = (pipeline: Pipeline, job: Job, env: Readonly<Record<string, string>>): object => {
  const text = bashText(job.script, pipeline.command)
  const named = { name: scriptStep, displayName: job.name }
  const withEnv = Object.keys(env).length > 0 ? { env } : {}
  if (job.auth !== 'azure-cli' || job.access === 'none') return { bash: text, ...named, ...withEnv }
  return {
    task: 'AzureCLI@2',
    ...named,
    inputs: {
      azureSubscription: connectionOf(job, pipeline),
      scriptType: 'bash',
      scriptLocation: 'inlineScript',
      inlineScript: text,
    },
    ...withEnv,
  }
}
