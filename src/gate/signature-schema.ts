import type { SignatureInfo } from '../plan/state-evidence.ts'
import { own } from './check.ts'

/** One column, tensor or parameter of a signature. */
export interface Spec {
  /** Its name, or `#0`, `#1`, ... where MLflow goes by position. */
  name: string
  /** Everything but name, required and default, in one spelling: equal texts are equal types. */
  type: string
  required: boolean
}

export interface Signature {
  inputs: Spec[]
  outputs: Spec[]
  params: Spec[]
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON with sorted keys: tools write them in any order. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'null'
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
  return `{${members.join(',')}}`
}

/** Without these such a type would be equal to any other of its kind. */
const parts: Readonly<Record<string, string>> = {
  tensor: 'tensor-spec',
  array: 'items',
  object: 'properties',
  map: 'values',
}

/** `double`; of tensors, arrays, objects and maps all that they are made of. */
const typeText = (spec: Record<string, unknown>): string | undefined => {
  const { type, name: _name, required: _required, default: _default, ...more } = spec
  if (typeof type !== 'string' || type === '') return undefined
  const needs = own(parts, type)
  if (needs !== undefined && !isObject(more[needs])) return undefined
  const rest = Object.entries(more).filter(([, value]) => value !== null)
  return rest.length === 0 ? type : `${type} ${canonical(Object.fromEntries(rest))}`
}

const specOf = (value: unknown, index: number): Spec | undefined => {
  if (!isObject(value)) return undefined
  const { name, required } = value
  if (name !== undefined && name !== null && typeof name !== 'string') return undefined
  const type = typeText(value)
  // `required` has been in the files since MLflow 2.6; before, and for tensors, all were.
  return type === undefined
    ? undefined
    : { name: typeof name === 'string' ? name : `#${index}`, type, required: required !== false }
}

/** One of the three texts; absent and `null` are none. Undefined: not readable, or one name twice. */
const specsOf = (text: string | undefined): Spec[] | undefined => {
  if (text === undefined) return []
  try {
    const value: unknown = JSON.parse(text)
    if (value === null) return []
    if (!Array.isArray(value)) return undefined
    const specs = value.flatMap((one, index) => specOf(one, index) ?? [])
    const whole =
      specs.length === value.length && new Set(specs.map(({ name }) => name)).size === specs.length
    return whole ? specs : undefined
  } catch {
    return undefined
  }
}

/**
 * A signature as MLmodel has it: JSON text of a list of columns (`{"type": "double", "name": "a", "required": true}`), tensors
 * (`{"type": "tensor", "tensor-spec": {"dtype", "shape"}}`) or parameters (`{"name", "type", "default", "shape"}`).
 * https://mlflow.org/docs/latest/ml/model/signatures/
 * @returns undefined when one of the texts is broken
 */
export const readSignature = ({ inputs, outputs, params }: SignatureInfo): Signature | undefined => {
  const [ins, outs, pars] = [specsOf(inputs), specsOf(outputs), specsOf(params)]
  return ins && outs && pars ? { inputs: ins, outputs: outs, params: pars } : undefined
}
