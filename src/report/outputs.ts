import type { Document } from './outcome.ts'
import type { Redact } from './redact.ts'

/** Letters, digits and _: what every host takes as the name of an output. */
const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name)

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

/** What every deployment hands on; `deployment` is empty where nothing was to be done, also if one before was not. */
const ofDeployment = (result: Record<string, unknown>): [string, unknown][] =>
  'deployment' in result
    ? [
        ['deployment', result['deployment'] ?? ''],
        ['changes', result['changes']],
      ]
    : []

const ofCommand = ({ outputs }: Record<string, unknown>): [string, unknown][] =>
  typeof outputs === 'object' && outputs !== null ? Object.entries(outputs) : []

/**
 * What later jobs may know of a run, by name: `deployment` and `changes` of a deployment, and the `outputs` of a result.
 * One line each; a job must not be told a secret this way either.
 */
export const outputsOf = (
  { result = {} }: Pick<Document, 'result'>,
  redact: Redact,
): Record<string, string> =>
  Object.fromEntries(
    [...ofDeployment(result), ...ofCommand(result)].flatMap(([name, value]) =>
      isName(name) && isScalar(value)
        ? [[name, redact(redact(String(value)).replace(/\s*[\r\n]+\s*/g, ' '))] as const]
        : [],
    ),
  )

const variable = (name: string): string => `BRICKRAIL_${name.toUpperCase()}`

/**
 * Outputs as GitLab's dotenv report: `BRICKRAIL_CHANGES=3`, and no empty line, which GitLab takes for a fault.
 * https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
 * @param before the same file as an earlier command has left it; the later value of a name counts, and an empty one removes it
 */
export const dotenv = (outputs: Readonly<Record<string, string>>, before = ''): string => {
  const lines = before.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf('=')
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const]
  })
  const all = new Map([
    ...lines,
    ...Object.entries(outputs).map(([name, value]) => [variable(name), value] as const),
  ])
  return [...all].map(([name, value]) => (value === '' ? '' : `${name}=${value}\n`)).join('')
}
