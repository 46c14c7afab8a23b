import type { Evaluation } from '../../src/plan/state-evidence.ts'
import { ev, evald, inputs, metricRules, only, sliceRules, type Change, type Sample } from './sample.ts'

/** Of one check: what spoils it, by the code that it then gives. */
export type Spoilt = Record<string, Change>

const withoutEvaluation = (sample: Sample): void => {
  delete sample.policy.evaluation
  delete ev(sample).evaluation
}

const incomparable: Change = (s) => delete s.policy.checks.signature?.compatibleWith

const signature: Spoilt = {
  NO_EVIDENCE: (s) => {
    s.evidence = undefined
    s.moment.action = 'rollback'
  },
  OTHER_VERSION: (s) => {
    ev(s).model.version = '8'
    s.moment.action = 'rollback'
  },
  NO_SIGNATURE: (s) => {
    incomparable(s)
    delete ev(s).signature
  },
  UNREADABLE_SIGNATURE: (s) => {
    incomparable(s)
    ev(s).signature = { inputs: '{', outputs: inputs }
  },
  NO_INPUTS: (s) => {
    incomparable(s)
    ev(s).signature = { outputs: inputs }
  },
  NO_OUTPUTS: (s) => {
    incomparable(s)
    ev(s).signature = { inputs, outputs: '[]' }
  },
}

const column = (name: string, type = 'double', required = true): string =>
  JSON.stringify({ type, name, required })

/** Signature of the champion and of the candidate: inputs, outputs and parameters of each. */
const compare =
  (old: [string[], string[], string[]?], now: [string[], string[], string[]?]): Change =>
  (s) => {
    const texts = ([ins, outs, params]: typeof old) => ({
      inputs: `[${ins.join()}]`,
      outputs: `[${outs.join()}]`,
      ...(params && { params: `[${params.join()}]` }),
    })
    ev(s).championSignature = texts(old)
    ev(s).signature = texts(now)
  }

const [a, b] = [column('a'), column('b')]

const compatible: Spoilt = {
  NO_SIGNATURE: (s) => {
    s.policy.checks.signature = { required: false, inputExample: false, compatibleWith: 'champion' }
    delete ev(s).signature
  },
  NO_CHAMPION_SIGNATURE: (s) => delete ev(s).championSignature,
  UNREADABLE_SIGNATURE: (s) => void (ev(s).championSignature = { inputs: 'a: double' }),
  INPUT_REMOVED: compare([[a, b], [a]], [[a], [a]]),
  INPUT_CHANGED: compare([[a], [a]], [[column('a', 'long')], [a]]),
  INPUT_NOW_REQUIRED: compare([[a, column('b', 'double', false)], [a]], [[a, b], [a]]),
  NEW_REQUIRED_INPUT: compare([[a], [a]], [[a, b], [a]]),
  OUTPUT_REMOVED: compare([[a], [a, b]], [[a], [b]]),
  OUTPUT_CHANGED: compare([[a], [a]], [[a], [column('a', 'string')]]),
  OUTPUT_NOW_OPTIONAL: compare([[a], [a]], [[a], [column('a', 'double', false)]]),
  PARAM_REMOVED: compare([[a], [a], [a]], [[a], [a], []]),
  PARAM_CHANGED: compare([[a], [a], [a]], [[a], [a], [column('a', 'long')]]),
}

const spoil = (name: string): Spoilt => ({
  MISSING_METRIC: (s) => delete evald(s).candidate.metrics[name],
  NOT_A_NUMBER: (s) => void (evald(s).candidate.metrics[name] = 'NaN'),
  NOT_FINITE: (s) => void (evald(s).candidate.metrics[name] = '-Infinity'),
})

const set =
  (name: string, value: number): Change =>
  (s) =>
    void (evald(s).candidate.metrics[name] = value)

const ofChampion = (s: Sample): NonNullable<Evaluation['champion']> => {
  const { champion: found } = evald(s)
  if (!found) throw new Error('no champion')
  return found
}

const againstChampion = (name: string, more: Spoilt): Spoilt => {
  const alone = (s: Sample): void => only(s, { metrics: metricRules.filter((rule) => rule.name === name) })
  return {
    ...spoil(name),
    NO_DIRECTION: (s) =>
      s.policy.checks.metrics.forEach((rule) => rule.name === name && delete rule.direction),
    NOT_EVALUATED: (s) => {
      withoutEvaluation(s)
      alone(s)
    },
    CHAMPION_NOT_MEASURED: (s) => {
      delete evald(s).champion
      alone(s)
    },
    CHAMPION_MISSING_METRIC: (s) => delete ofChampion(s).metrics[name],
    CHAMPION_NOT_A_NUMBER: (s) => void (ofChampion(s).metrics[name] = Number.NaN),
    CHAMPION_NOT_FINITE: (s) => void (ofChampion(s).metrics[name] = 'Infinity'),
    ...more,
  }
}

const zero =
  (name: string): Change =>
  (s) =>
    void (ofChampion(s).metrics[name] = 0)

const rows: Spoilt = {
  OTHER_DATASET: (s) => void (evald(s).dataset.path = 'dbfs:/easy.csv'),
  OTHER_RULE: (s) => void (evald(s).rule = { label: 'Open', task: 'regression' }),
  UNREADABLE_ROWS: (s) => void (evald(s).dataset.rows = 30.5),
  EMPTY_DATASET: (s) => void (evald(s).dataset.rows = 0),
  TOO_FEW_ROWS: (s) => void (evald(s).dataset.rows = 29),
}

const dataAge: Spoilt = {
  NOT_EVALUATED: (s) => {
    withoutEvaluation(s)
    only(s, { data: { maxAgeHours: 720 } })
  },
  NO_DATA_TIME: (s) => delete evald(s).dataset.newest,
  UNREADABLE_TIME: (s) => void (evald(s).dataset.newest = '01.11.2026'),
  FROM_THE_FUTURE: (s) => void (evald(s).dataset.newest = '2026-11-23'),
  DATA_TOO_OLD: (s) => void (evald(s).dataset.newest = '2026-10-22'),
}

const slice = (index: number, more: Spoilt): Spoilt => {
  const rule = sliceRules[index]
  if (!rule) throw new Error('no such rule')
  const { by, metric } = rule
  const first = (s: Sample) => {
    const found = Object.values(evald(s).candidate.slices[by] ?? {})[0]
    if (!found) throw new Error('no slice')
    return found
  }
  return {
    NOT_EVALUATED: (s) => {
      withoutEvaluation(s)
      only(s, { slices: [rule] })
    },
    MISSING_SLICES: (s) => delete evald(s).candidate.slices[by],
    UNREADABLE_ROWS: (s) => void (first(s).rows = Number.NaN),
    SLICES_TOO_SMALL: (s) =>
      Object.values(evald(s).candidate.slices[by] ?? {}).forEach((one) => (one.rows = 19)),
    MISSING_METRIC: (s) => delete first(s).metrics[metric],
    NOT_A_NUMBER: (s) => void (first(s).metrics[metric] = 'NaN'),
    NOT_FINITE: (s) => void (first(s).metrics[metric] = Number.POSITIVE_INFINITY),
    ...more,
  }
}

const sliceValue =
  (by: string, name: string, metric: string, value: number): Change =>
  (s) => {
    const found = evald(s).candidate.slices[by]?.[name]
    if (found) found.metrics[metric] = value
  }

/** Scenarios of signatures and of all that is measured. */
export const measured: Record<string, Spoilt> = {
  'signature.present': signature,
  'signature.input-example': { NO_INPUT_EXAMPLE: (s) => void (ev(s).inputExample = false) },
  'signature.compatible': compatible,
  'metrics.<name>.min': { ...spoil('r2'), BELOW_MIN: set('r2', 0.7999) },
  'metrics.<name>.max': { ...spoil('rmse'), ABOVE_MAX: set('rmse', 2.5001) },
  'metrics.<name>.relative-gain': againstChampion('f1', {
    CHAMPION_IS_ZERO: zero('f1'),
    GAIN_TOO_SMALL: set('f1', 0.9089),
  }),
  'metrics.<name>.relative-loss': againstChampion('mae', {
    CHAMPION_IS_ZERO: zero('mae'),
    LOSS_TOO_LARGE: set('mae', 2.2051),
  }),
  'metrics.<name>.absolute-gain': againstChampion('auc', { GAIN_TOO_SMALL: set('auc', 0.7199) }),
  'metrics.<name>.absolute-loss': againstChampion('mape', { LOSS_TOO_LARGE: set('mape', 8.001) }),
  'data.rows': rows,
  'data.age': dataAge,
  'slices.<by>.<metric>.min': slice(0, { BELOW_MIN: sliceValue('Quarter', 'Q1', 'r2', 0.69) }),
  'slices.<by>.<metric>.max': slice(1, { ABOVE_MAX: sliceValue('Region', 'north', 'rmse', 5.01) }),
  'slices.<by>.<metric>.max-gap': slice(2, { GAP_TOO_LARGE: sliceValue('Year', '2025', 'rmse', 3.11) }),
}
