import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setValue } from '../../host/context.ts'
import type { JsonNumber, Verdict } from '../../plan/state-evidence.ts'
import { verdictLine } from '../../report/verdict.ts'
import type { EvaluatedVersion } from './evaluate.ts'
import type { ModelSession } from './open.ts'

/** The evidence as a file beside the other reports. What people read of it is not what counts: that is in the workspace. */
export const writeEvidence = async (
  { session: { run }, policy }: ModelSession,
  { bundle, verdict }: EvaluatedVersion,
): Promise<void> => {
  const reports = setValue(run.world.env['BRICKRAIL_REPORTS'])
  if (reports === undefined) return
  const folder = resolve(run.world.cwd, reports)
  const text = run.redactor.redact(JSON.stringify({ ...bundle, verdict }, undefined, 2))
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `evidence-${policy.key}.json`), `${text}\n`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const hint = 'set BRICKRAIL_REPORTS to a folder that can be written'
    run.emit({ type: 'notice', level: 'warning', text: `the evidence was not written: ${why}`, hint })
  }
}

/** What later jobs call it: letters, digits and _. */
export const outputName = (key: string): string => `model_${key.replaceAll(/\W/g, '_')}`

const worst = (verdicts: readonly Verdict['verdict'][]): string =>
  (['failed', 'waiting', 'passed'] as const).find((one) => verdicts.includes(one)) ?? ''

type Shown = readonly { model: ModelSession; result: EvaluatedVersion }[]

/** `model_stock_price_version`, `model_stock_price_verdict`, and the worst `verdict` of all. */
export const evaluateOutputs = (all: Shown): Record<string, string> => ({
  ...Object.fromEntries(
    all.flatMap(({ model, result }) => {
      const name = outputName(model.policy.key)
      return [
        [`${name}_version`, result.version.version],
        [`${name}_verdict`, result.verdict.verdict],
      ]
    }),
  ),
  verdict: worst(all.map(({ result }) => result.verdict.verdict)),
})

export const evaluateData = ({ policy }: ModelSession, result: EvaluatedVersion): Record<string, unknown> => {
  const { version, champion, bundle, verdict, place } = result
  const { evaluation, logged, commit } = bundle.evidence
  return {
    model: policy.key,
    name: policy.name,
    version: version.version,
    champion: champion ?? null,
    place,
    verdict: verdict.verdict,
    allows: verdict.allows,
    evidence: bundle.digest,
    commit: commit ?? null,
    metrics: evaluation?.candidate.metrics ?? logged,
    champion_metrics: evaluation?.champion?.metrics ?? null,
    dataset: evaluation?.dataset ?? null,
    run: evaluation?.run ?? null,
  }
}

const numberText = (value: JsonNumber | undefined): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(5))) : (value ?? '-')

const metricsText = ({ evaluation }: EvaluatedVersion['bundle']['evidence']): string[] => {
  if (evaluation === undefined) return ['  not measured: the policy has no evaluation']
  const { candidate, champion, dataset } = evaluation
  const pairs = Object.entries(candidate.metrics).map(([name, value]) => {
    const other = champion === undefined ? '' : ` (${numberText(champion.metrics[name])})`
    return `${name} ${numberText(value)}${other}`
  })
  const against = champion === undefined ? '' : `, champion version ${champion.version} in brackets`
  return [`  on ${dataset.rows} rows of ${dataset.path}${against}:`, `  ${pairs.join(', ')}`]
}

/** A line of verdict, and the metrics. */
export const evaluateText = ({ policy }: ModelSession, result: EvaluatedVersion): string => {
  const { version, bundle, verdict, place } = result
  const title = `${policy.key} version ${version.version} to ${place}`
  const news = { title, model: policy.name, version: version.version, place, verdict }
  return [verdictLine(news), ...metricsText(bundle.evidence), `  evidence ${bundle.digest}`].join('\n')
}
