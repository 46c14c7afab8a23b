import { builtInNames, commandTraits } from './catalog.ts'
import { expressionProblems, problem, type At } from './check-values.ts'
import type { Job, Problem } from './model.ts'
import type { Facts, JobSection, Section } from './section.ts'

/** Commands of a line of bash, roughly: enough to see what they start. */
const commandsOf = (line: string): string[] =>
  line
    .split(/&&|\|\||[;|\n]/)
    .map((command) => command.trim().replace(/^(exec\s+|time\s+|[A-Za-z_]\w*=\S*\s+)+/, ''))
    .filter((command) => command !== '' && !command.startsWith('#'))

/** What `install` makes need not be there when pipelines are generated. */
const made = /^(\.\/)?(node_modules|dist|build|\.venv)\//
const brickrail = /^(?:\.\/node_modules\/\.bin\/|npx\s+)?brickrail\s+([\w-]+)/

const missing = (at: At, what: string, hint: string): Problem[] => [problem(at, 'missing-script', what, hint)]

const npmProblems = (at: At, command: string, { npmScripts, suggest }: Facts): Problem[] => {
  const [, run, short] = /^npm (?:run(?:-script)? ([\w:.-]+)|(test|start))(?:\s|$)/.exec(command) ?? []
  const script = run ?? short
  if (script === undefined || npmScripts.includes(script)) return []
  return missing(at, `package.json has no script «${script}»`, suggest(script, npmScripts))
}

const fileProblems = (at: At, command: string, { fileExists }: Facts): Problem[] => {
  const [, started, own] =
    /^(?:(?:node|bash|sh|tsx|python3?) ([\w./@-]+)|(\.\/[\w./@-]+))(?:\s|$)/.exec(command) ?? []
  const file = started ?? own
  if (file === undefined || file.startsWith('-') || file.startsWith('/') || made.test(file)) return []
  if (fileExists(file.replace(/^\.\//, ''))) return []
  return missing(at, `there is no file ${file}`, 'a path from the root of the repository')
}

const brickrailProblems = (at: At, word: string, { suggest }: Facts): Problem[] =>
  Object.hasOwn(commandTraits, word)
    ? []
    : missing(at, `Brickrail has no command «${word}»`, suggest(word, Object.keys(commandTraits)))

/** What a script starts has to be there. After a `cd` nothing is known. */
const lineProblems = (at: At, script: readonly string[], program: string, facts: Facts): Problem[] => {
  let moved = false
  return script.flatMap((line, index) =>
    commandsOf(line).flatMap((command) => {
      moved ||= /^(cd|pushd)\s/.test(command)
      const here = [...at, index]
      const own = command.startsWith(`${program} `)
        ? command.slice(program.length).trim().split(/\s/)[0]
        : undefined
      const word = own ?? brickrail.exec(command)?.[1]
      if (word !== undefined) return brickrailProblems(here, word, facts)
      return moved ? [] : [...npmProblems(here, command, facts), ...fileProblems(here, command, facts)]
    }),
  )
}

/** Quotes and backslashes are taken away by the shell: behind them the option is the same. */
const targetProblems = (at: At, command: string): Problem[] =>
  /(^|\s)(--target(=|\s|$)|-t)/.test(command.replaceAll(/["'\\]/g, ''))
    ? [
        problem(
          at,
          'target-in-command',
          'the command names a target: credentials, environment, approval and lock would be those of another one',
          'write it as `target` of the job',
        ),
      ]
    : []

const secretLike = /\$\{?([A-Z_][A-Z0-9_]*_(?:TOKEN|SECRET|PASSWORD|KEY))\b/g
const credentials: Readonly<Record<string, readonly string[]>> = {
  token: ['DATABRICKS_TOKEN'],
  oidc: ['DATABRICKS_OIDC_TOKEN'],
}

/** A secret that nobody hands to the job is empty there, and a script takes that for a value. */
const secretProblems = (at: At, lines: readonly string[], job: Job, section: Section): Problem[] => {
  const given = job.access === 'none' ? [] : (credentials[job.auth] ?? [])
  const known = new Set([
    ...job.secrets,
    ...given,
    ...Object.keys(job.variables),
    ...job.inputs.map(({ name }) => name),
    ...lines.flatMap((line) => [...line.matchAll(/\b([A-Z_][A-Z0-9_]*)=/g)].map(([, name = '']) => name)),
  ])
  return lines.flatMap((line, index) =>
    [...line.matchAll(secretLike)].flatMap(([, name = '']) => {
      if (known.has(name)) return []
      const hint = name.startsWith('DATABRICKS_')
        ? 'give the job `access: read` and a `target` that has a host'
        : Object.hasOwn(section.secrets ?? {}, name)
          ? `add ${name} to the secrets of this job`
          : `declare ${name} under ci.secrets, and add it to the secrets of this job`
      const path = at.at(-1) === 'script' ? [...at, index] : at
      return [
        problem(path, 'undeclared-secret', `the script reads ${name}, which this job does not have`, hint),
      ]
    }),
  )
}

/** What a job of a user's own runs: lines of bash, or a command line of Brickrail. */
export const scriptProblems = (
  at: At,
  own: JobSection,
  job: Job,
  { section, program, facts }: { section: Section; program: string; facts: Facts },
): Problem[] => {
  const { script, command } = own
  if (script !== undefined && command !== undefined)
    return [
      problem([...at, 'command'], 'two-scripts', 'script and command are both here', 'keep one of the two'),
    ]
  if (command !== undefined)
    return [
      ...brickrailProblems([...at, 'command'], command.trim().split(/\s/)[0] ?? '', facts),
      ...targetProblems([...at, 'command'], command),
      ...expressionProblems([...at, 'command'], command),
      ...secretProblems([...at, 'command'], [command], job, section),
    ]
  if (script === undefined || script.every((line) => line.trim() === ''))
    return missing(
      script === undefined ? at : [...at, 'script'],
      `${job.name} does nothing`,
      `add script, or command; for a built-in job: ${facts.suggest(job.name, builtInNames)}`,
    )
  const lines = [...at, 'script']
  return [
    ...(own.install ?? []).flatMap((line, index) => expressionProblems([...at, 'install', index], line)),
    ...script.flatMap((line, index) => expressionProblems([...lines, index], line)),
    ...lineProblems(lines, script, program, facts),
    ...secretProblems(lines, script, job, section),
  ]
}
