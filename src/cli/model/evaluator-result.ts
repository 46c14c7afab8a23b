import * as v from 'valibot'
import { Fail } from '../../errors.ts'
import type { Measured } from '../../plan/state-evidence.ts'

const number = v.union([v.pipe(v.number(), v.finite()), v.picklist(['NaN', 'Infinity', '-Infinity'])])
type Members<T> = Record<string, T>

/** Not valibot's `record`, which leaves out members called `constructor` or `prototype`: a slice that is left out is not judged. */
const membersOf = <T>(member: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Members<T>> =>
  v.custom<Members<T>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((one) => v.is(member, one)),
  )

const metrics = membersOf(number)
const rows = v.pipe(v.number(), v.integer(), v.minValue(0))
const measured = v.object({ metrics, slices: membersOf(membersOf(v.object({ rows, metrics }))) })

const resultSchema = v.object({
  dataset: v.object({
    digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    rows,
    newest: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  }),
  candidate: measured,
  champion: v.nullable(measured),
})

const refusalSchema = v.object({ error: v.string(), hint: v.string() })

/** What the evaluator has found. */
export interface EvaluatorResult {
  dataset: { digest: string; rows: number; newest?: string }
  candidate: Measured
  champion?: Measured
}

/** Of which version of which model, for messages. */
export interface Evaluated {
  model: string
  version: string
}

const failed = (of: Evaluated, why: string, hint: string): Fail =>
  new Fail('EVALUATION_FAILED', { ...of, why, hint })

const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What the evaluator's notebook gave back.
 * @param truncated the workspace keeps only the first 5 MB
 * @throws Fail EVALUATION_FAILED with the evaluator's own words where it has refused
 */
export const readEvaluation = (
  of: Evaluated,
  result: string | undefined,
  truncated: boolean,
): EvaluatorResult => {
  const again = 'see what the run has printed, and evaluate again'
  if (result === undefined) throw failed(of, 'the run gave nothing back', again)
  if (truncated)
    throw failed(of, 'its result is longer than the workspace keeps (5 MB)', 'slice by fewer columns')
  const value = read(result)
  const refusal = v.safeParse(refusalSchema, value)
  if (refusal.success) throw failed(of, refusal.output.error, refusal.output.hint)
  const { success, output } = v.safeParse(resultSchema, value)
  if (!success) throw failed(of, 'what the run gave back is not what the evaluator writes', again)
  const { dataset, candidate, champion } = output
  const { newest, ...known } = dataset
  return {
    dataset: { ...known, ...(newest === undefined ? {} : { newest }) },
    candidate,
    ...(champion === null ? {} : { champion }),
  }
}
