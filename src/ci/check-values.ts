import type { Problem } from './model.ts'
import type { RunnerSection } from './section.ts'

/** From the `ci` section to a value. */
export type At = Problem['path']

export const problem = (path: At, rule: string, message: string, hint: string): Problem => ({
  path,
  rule,
  message,
  hint,
})
export const keyProblem = (path: At, rule: string, message: string, hint: string): Problem => ({
  ...problem(path, rule, message, hint),
  key: true,
})

/** The first character that is not allowed. */
export const badCharacter = (text: string, notAllowed: RegExp): string | undefined =>
  notAllowed.exec(text)?.[0]

/** Values that stand in the YAML of the hosts, none of which may mean anything to a shell, YAML or a host. */
interface Charset {
  whole: RegExp
  inWords: string
}
const charsets = {
  environment: { whole: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, inWords: 'letters, digits, . _ -' },
  image: { whole: /^[A-Za-z0-9][\w./:@-]*$/, inWords: 'letters, digits, . / : @ _ -' },
  tags: { whole: /^[A-Za-z0-9][\w.:/-]*$/, inWords: 'letters, digits, . : / _ -' },
  pool: { whole: /^(?!pool: *$)[A-Za-z0-9][\w.: -]*$/, inWords: 'letters, digits, blanks, . : _ -' },
  runs_on: { whole: /^[A-Za-z0-9][\w.:-]*$/, inWords: 'letters, digits, . : _ -' },
  group: { whole: /^[A-Za-z0-9][\w .()-]*$/, inWords: 'letters, digits, blanks, . ( ) _ -' },
  audience: { whole: /^[A-Za-z0-9][\w./:@-]*$/, inWords: 'letters, digits, . / : @ _ -' },
  path: {
    whole: /^(?!.*\.\.)[A-Za-z0-9._*][\w.*/@+ -]*$/,
    inWords: 'letters, digits, * . / @ + _ - and blanks, from the root of the repository',
  },
  output: { whole: /^[A-Za-z_]\w*$/, inWords: 'letters, digits and _' },
  variable: { whole: /^[A-Za-z_]\w*$/, inWords: 'letters, digits and _' },
  secret: { whole: /^[A-Z_][A-Z0-9_]*$/, inWords: 'A-Z, digits and _' },
} as const satisfies Record<string, Charset>

/** A value that is more than it seems to be: `; rm`, `"`, `$(…)`. */
export const charsetProblems = (
  at: At,
  kind: keyof typeof charsets,
  value: string | undefined,
): Problem[] => {
  const { whole, inWords } = charsets[kind]
  if (value === undefined || whole.test(value)) return []
  return [problem(at, 'bad-value', `«${value}» cannot be used here`, `allowed: ${inWords}`)]
}

/** Files to keep: never all of the checkout, nor what git has in it. `.g*` would be that, too. */
export const artifactProblems = (at: At, path: string): Problem[] => {
  const bad = charsetProblems(at, 'path', path)
  if (bad.length > 0 || !/^[.*/]+$|(^|\/)\.git(\/|$)|^(\.\/)*\.[^/]*\*/.test(path)) return bad
  return [
    problem(
      at,
      'bad-value',
      `«${path}» would publish the whole checkout, or what git keeps in it`,
      'name the folder or the files: out/**, reports/*.html',
    ),
  ]
}

const branchFaults: readonly [RegExp, string][] = [
  [/^$/, 'it is empty'],
  [/^-/, 'it begins with -'],
  [/\.\./, 'it has ..'],
  [/(^|\/)\./, 'a part of it begins with .'],
  [/(^|\/)$|\/\/|^\//, 'it has an empty part'],
  [/\.lock(\/|$)/, 'a part of it ends in .lock'],
  [/\.$/, 'it ends in .'],
  [/^refs\//, 'it begins with refs/, which a name is given without'],
  [/^HEAD$/, 'it is what stands for any branch'],
]

/** `git check-ref-format --branch`, and nothing that a shell or YAML reads as more than text. */
export const branchProblems = (at: At, name: string | undefined): Problem[] => {
  if (name === undefined) return []
  const bad = badCharacter(name, /[^A-Za-z0-9._/-]/u)
  const why =
    bad === undefined
      ? branchFaults.find(([pattern]) => pattern.test(name))?.[1]
      : `it has the character «${bad}»`
  if (why === undefined) return []
  const hint = 'the name of one branch: letters, digits, . _ / -'
  return [problem(at, 'bad-branch', `«${name}» cannot be the name of a branch: ${why}`, hint)]
}

const hostExpressions: readonly [RegExp, string][] = [
  [/\$\{\{/, 'GitHub and Azure DevOps'],
  [/\$\[\[/, 'GitLab'],
  [/\$\[/, 'Azure DevOps'],
  [/\$\((System|Build|Agent|Pipeline|Release|Environment|Resources|databricks_)[\w.]*\)/, 'Azure DevOps'],
]
const references = /\$\{(env|var|target|project|workspace)\.[\w.]+\}/

/** Text that a host, or Brickrail elsewhere, would replace before a shell sees it. */
export const expressionProblems = (at: At, text: string): Problem[] => {
  const host = hostExpressions.find(([pattern]) => pattern.test(text))
  const [expression] = host ? (host[0].exec(text) ?? []) : []
  const replaced = references.exec(text)?.[0]
  return [
    ...(host
      ? [
          problem(
            at,
            'host-expression',
            `«${expression}» would be replaced by ${host[1]} before the shell sees it`,
            'pass the value as an environment variable: secrets, variables or inputs of the job',
          ),
        ]
      : []),
    ...(replaced
      ? [
          problem(
            at,
            'no-reference-here',
            `${replaced} is not replaced in the section ci`,
            'pipelines are generated once, for all targets: write the value itself, or use an environment variable',
          ),
        ]
      : []),
  ]
}

/** A title in one line. */
export const aboutProblems = (at: At, text: string | undefined): Problem[] => {
  if (text === undefined) return []
  const bad = /[\n\r]/.test(text) || text.length > 120 || text.trim() === ''
  return [
    ...(bad ? [problem(at, 'bad-value', 'this is not a title', 'one line of at most 120 characters')] : []),
    ...expressionProblems(at, text),
  ]
}

/** What decides how a shell, Node or git works, what belongs to a host, and what the generated files set themselves. */
const reserved = new RegExp(
  `^(${[
    'PATH|HOME|SHELL|BASH_ENV|ENV|IFS|NODE_OPTIONS|NODE_PATH|LD_\\w*',
    '(RUNNER|GITHUB|ACTIONS|CI|GITLAB|GIT|SYSTEM|BUILD|AGENT|BRICKRAIL)_\\w*|CI|TF_BUILD',
    'DATABRICKS_(HOST|TOKEN|CLIENT_ID|CLIENT_SECRET|OIDC_TOKEN|AUTH_TYPE)(_\\w+)?',
  ].join('|')})$`,
  // Azure DevOps writes names of variables in capitals.
  'i',
)

/** Name of an environment variable that a spec declares or sets. */
export const variableNameProblems = (
  at: At,
  kind: 'variable' | 'secret' | 'output',
  name: string,
): Problem[] => [
  ...charsetProblems(at, kind, name).map((one) => ({ ...one, key: true })),
  ...(reserved.test(name)
    ? [
        keyProblem(
          at,
          'reserved-variable',
          `${name} is set by the generated pipelines, or belongs to the host`,
          'choose another name; credentials come with `access` and `target` of a job',
        ),
      ]
    : []),
]

/** `variables` of a job or of the defaults. */
export const variablesProblems = (
  at: At,
  variables: Readonly<Record<string, unknown>> | undefined,
): Problem[] =>
  Object.entries(variables ?? {}).flatMap(([name, value]) => [
    ...variableNameProblems([...at, name], 'variable', name),
    ...(String(value).includes('$')
      ? [
          problem(
            [...at, name],
            'variable-with-dollar',
            `hosts do not agree on «$» in the value of ${name}: GitLab replaces what follows it`,
            'put it together in the script',
          ),
        ]
      : []),
  ])

/** image, tags, pool and runs_on. */
export const runnerProblems = (at: At, runner: RunnerSection): Problem[] => [
  ...charsetProblems([...at, 'image'], 'image', runner.image),
  ...(runner.tags ?? []).flatMap((tag, index) => charsetProblems([...at, 'tags', index], 'tags', tag)),
  ...charsetProblems([...at, 'pool'], 'pool', runner.pool),
  ...charsetProblems([...at, 'runs_on'], 'runs_on', runner.runs_on),
]

export const timeoutProblems = (at: At, minutes: number | undefined): Problem[] =>
  minutes === undefined || (Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440)
    ? []
    : [problem(at, 'bad-timeout', `${minutes} is not a timeout`, 'whole minutes, from 1 to 1440 (a day)')]
