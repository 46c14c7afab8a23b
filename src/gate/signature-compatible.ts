import type { Refusal } from './check.ts'
import type { Signature, Spec } from './signature-schema.ts'

export type CompatibleCode =
  | 'INPUT_REMOVED'
  | 'INPUT_CHANGED'
  | 'INPUT_NOW_REQUIRED'
  | 'NEW_REQUIRED_INPUT'
  | 'OUTPUT_REMOVED'
  | 'OUTPUT_CHANGED'
  | 'OUTPUT_NOW_OPTIONAL'
  | 'PARAM_REMOVED'
  | 'PARAM_CHANGED'

const find = (specs: readonly Spec[], name: string): Spec | undefined =>
  specs.find((spec) => spec.name === name)

interface Codes {
  removed: CompatibleCode
  changed: CompatibleCode
  what: string
}

/** Everything that there was is there still, and of the same type. */
const kept = (
  old: readonly Spec[],
  now: readonly Spec[],
  codes: Codes,
): Refusal<CompatibleCode> | undefined => {
  for (const { name, type } of old) {
    const same = find(now, name)
    if (!same) return { code: codes.removed, why: `${codes.what} ${name} of the champion is gone` }
    if (same.type !== type)
      return { code: codes.changed, why: `${codes.what} ${name} was ${type} and is ${same.type}` }
  }
  return undefined
}

/** Callers that serve the champion leave out what it does not know. */
const demands = (old: readonly Spec[], now: readonly Spec[]): Refusal<CompatibleCode> | undefined => {
  const more = now.find(({ name, required }) => required && find(old, name)?.required !== true)
  if (!more) return undefined
  return find(old, more.name)
    ? { code: 'INPUT_NOW_REQUIRED', why: `input ${more.name} was optional and is required` }
    : {
        code: 'NEW_REQUIRED_INPUT',
        why: `input ${more.name} is new and required; new inputs must be optional`,
      }
}

const lessSure = (old: readonly Spec[], now: readonly Spec[]): Refusal<CompatibleCode> | undefined => {
  const less = old.find(({ name, required }) => required && find(now, name)?.required === false)
  return less && { code: 'OUTPUT_NOW_OPTIONAL', why: `output ${less.name} may now be missing` }
}

/**
 * Whether what calls the champion can call the candidate: the same inputs by name and type, new ones only if they are optional;
 * outputs and parameters may be added. Order counts only where there are no names.
 */
export const incompatible = (
  champion: Signature,
  candidate: Signature,
): Refusal<CompatibleCode> | undefined =>
  kept(champion.inputs, candidate.inputs, {
    removed: 'INPUT_REMOVED',
    changed: 'INPUT_CHANGED',
    what: 'input',
  }) ??
  demands(champion.inputs, candidate.inputs) ??
  kept(champion.outputs, candidate.outputs, {
    removed: 'OUTPUT_REMOVED',
    changed: 'OUTPUT_CHANGED',
    what: 'output',
  }) ??
  lessSure(champion.outputs, candidate.outputs) ??
  kept(champion.params, candidate.params, {
    removed: 'PARAM_REMOVED',
    changed: 'PARAM_CHANGED',
    what: 'parameter',
  })
