import type { Job, Pipeline } from '../model.ts'
import { literal, scriptStep } from './names.ts'

/** Azure puts a variable's value for `$(name)` before bash sees the line; to bash a blank there makes no difference. */
const withoutMacros = (line: string): string => line.replaceAll(/\$\((?=[\w.-]+\))/g, '$( ')

/** Anything that makes more of a line than one command with its words. */
const operators = /[|&;<>()`]/

/**
 * When a job is cancelled, the shell alone is signalled (Bash@3 sends it SIGTERM): the command takes its place. A line with
 * operators stays as it is, `exec` would only reach its first command.
 */
const replacingShell = (lines: readonly string[], command: string): string[] => {
  const last = lines.at(-1) ?? ''
  const starts = last === command || last.startsWith(`${command} `)
  const continued = lines.at(-2)?.endsWith('\\') ?? false
  return starts && !continued && !operators.test(last) ? [...lines.slice(0, -1), `exec ${last}`] : [...lines]
}

/** Azure's bash goes on after a line that fails. */
export const bashText = (script: readonly string[], command?: string): string => {
  const lines = command === undefined ? [...script] : replacingShell(script, command)
  const text = lines.map((line) => literal(withoutMacros(line)))
  return text.length === 1 && lines[0]?.startsWith('exec ')
    ? (text[0] ?? '')
    : `${['set -eo pipefail', ...text].join('\n')}\n`
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
      azureSubscription: pipeline.azure.serviceConnection,
      scriptType: 'bash',
      scriptLocation: 'inlineScript',
      inlineScript: text,
    },
    ...withEnv,
  }
}
