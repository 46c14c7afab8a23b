import type { Evidence, SignatureInfo } from '../plan/state-evidence.ts'
import {
  judged,
  noEvidence,
  refused,
  skipped,
  type Asked,
  type Facts,
  type GateCheck,
  type Refusal,
} from './check.ts'
import { incompatible, type CompatibleCode } from './signature-compatible.ts'
import { readSignature } from './signature-schema.ts'

type PresentCode =
  | 'NO_EVIDENCE'
  | 'OTHER_VERSION'
  | 'NO_SIGNATURE'
  | 'UNREADABLE_SIGNATURE'
  | 'NO_INPUTS'
  | 'NO_OUTPUTS'

const give = 'log the model with a signature (infer_signature) and an input example'

const presentRefusal = ({ evidence, moment }: Asked): Refusal<PresentCode> | undefined => {
  if (!evidence) return noEvidence
  const { model, signature: info } = evidence
  // At a promotion this is for evidence.age to say; a rollback does not ask that.
  if (moment.action === 'rollback' && moment.candidate && model.version !== moment.candidate.version)
    return { code: 'OTHER_VERSION', why: `the evidence is of version ${model.version}` }
  if (!info) return { code: 'NO_SIGNATURE', why: give }
  const signature = readSignature(info)
  if (!signature)
    return { code: 'UNREADABLE_SIGNATURE', why: `the signature of the model is broken: ${give}` }
  if (signature.inputs.length === 0) return { code: 'NO_INPUTS', why: `the signature has no inputs: ${give}` }
  return signature.outputs.length === 0
    ? { code: 'NO_OUTPUTS', why: `the signature has no outputs: ${give}` }
    : undefined
}

const size = (info: SignatureInfo | undefined): string => {
  if (!info) return 'none'
  const signature = readSignature(info)
  return signature ? `${signature.inputs.length} inputs, ${signature.outputs.length} outputs` : 'not readable'
}

export const signaturePresent: GateCheck<PresentCode> = {
  name: 'signature.present',
  codes: ['NO_EVIDENCE', 'OTHER_VERSION', 'NO_SIGNATURE', 'UNREADABLE_SIGNATURE', 'NO_INPUTS', 'NO_OUTPUTS'],
  rollback: true,
  ask: (asked) => {
    const { policy, evidence } = asked
    if (!policy.checks.signature?.required) return []
    const facts = {
      check: 'signature.present',
      found: size(evidence?.signature),
      wanted: 'inputs and outputs',
    }
    return [judged(facts, presentRefusal(asked))]
  },
}

type ExampleCode = 'NO_EVIDENCE' | 'NO_INPUT_EXAMPLE'

export const signatureExample: GateCheck<ExampleCode> = {
  name: 'signature.input-example',
  codes: ['NO_EVIDENCE', 'NO_INPUT_EXAMPLE'],
  ask: ({ policy, evidence }) => {
    if (!policy.checks.signature?.inputExample) return []
    const there = evidence?.inputExample === true
    const facts = { check: 'signature.input-example', found: there ? 'there' : 'none', wanted: 'there' }
    if (!evidence) return [refused(facts, noEvidence)]
    return [judged(facts, there ? undefined : { code: 'NO_INPUT_EXAMPLE', why: give })]
  },
}

type Code = 'NO_EVIDENCE' | 'NO_SIGNATURE' | 'UNREADABLE_SIGNATURE' | 'NO_CHAMPION_SIGNATURE' | CompatibleCode

const compatibleRefusal = ({ signature, championSignature }: Evidence): Refusal<Code> | undefined => {
  if (!signature) return { code: 'NO_SIGNATURE', why: give }
  if (!championSignature)
    return { code: 'NO_CHAMPION_SIGNATURE', why: 'the champion has no signature that one could compare with' }
  const [now, old] = [readSignature(signature), readSignature(championSignature)]
  if (!now || !old)
    return {
      code: 'UNREADABLE_SIGNATURE',
      why: `the signature of the ${now ? 'champion' : 'model'} is broken`,
    }
  return incompatible(old, now)
}

const compatibleFacts = (evidence: Evidence | undefined): Facts => ({
  check: 'signature.compatible',
  found: size(evidence?.signature),
  wanted: `what calls the champion (${size(evidence?.championSignature)}) can call it`,
})

export const signatureCompatible: GateCheck<Code> = {
  name: 'signature.compatible',
  codes: [
    'NO_EVIDENCE',
    'NO_SIGNATURE',
    'NO_CHAMPION_SIGNATURE',
    'UNREADABLE_SIGNATURE',
    'INPUT_REMOVED',
    'INPUT_CHANGED',
    'INPUT_NOW_REQUIRED',
    'NEW_REQUIRED_INPUT',
    'OUTPUT_REMOVED',
    'OUTPUT_CHANGED',
    'OUTPUT_NOW_OPTIONAL',
    'PARAM_REMOVED',
    'PARAM_CHANGED',
  ],
  ask: ({ policy, evidence, moment }) => {
    if (policy.checks.signature?.compatibleWith !== 'champion') return []
    const facts = compatibleFacts(evidence)
    if (!evidence) return [refused(facts, noEvidence)]
    if (!evidence.champion && moment.holders.production.length === 0)
      return [skipped(facts, 'no champion yet')]
    return [judged(facts, compatibleRefusal(evidence))]
  },
}
