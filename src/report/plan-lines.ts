import type { FieldChange, Plan } from '../plan/state.ts'
import type { Redact } from './redact.ts'
import { showValue } from './text.ts'

/** Lines of one group before «… and N more». */
const most = 20

export const capped = (lines: readonly string[]): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `  … and ${lines.length - most} more`]

export const field = ({ path, old, new: now }: FieldChange, redact: Redact): string =>
  `  ${path}: ${showValue(old, redact)} -> ${showValue(now, redact)}`

/** What is created has no old values: its fields are what it will be. */
export const createdField = ({ path, new: now }: FieldChange, redact: Redact): string =>
  `  ${path}: ${showValue(now, redact)}`

/** Why a plan must not be applied, as a sentence without a full stop. */
export const obstacle = ({ what, owner }: Plan['refusals'][number]): string =>
  owner === undefined ? what : `${what} belongs to ${owner}`

export const sentences = (label: string, texts: readonly string[]): string[] =>
  texts.map((text) => `  ${label}${text}`)

export const fileLines = (
  change: Readonly<Record<'add' | 'update' | 'delete', readonly string[]>>,
): string[] => {
  const groups: [string, readonly string[]][] = [
    ['+', change.add],
    ['~', change.update],
    ['-', change.delete],
  ]
  return groups.flatMap(([sign, paths]) => capped(paths.map((path) => `  ${sign} ${path}`)))
}
