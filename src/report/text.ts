import { stripVTControlCharacters } from 'node:util'

import { stringify } from 'lossless-json'

import type { Fault } from '../errors.ts'
import type { Library } from '../wire/libraries.ts'
import type { Warning } from './outcome.ts'
import type { Paint } from './output.ts'
import type { Redact } from './redact.ts'

const longestValue = 120

/** At most `max` characters, by grapheme-safe code points, the last one an ellipsis. */
export const shorten = (text: string, max = longestValue): string => {
  const points = Array.from(text)
  return points.length <= max ? text : `${points.slice(0, Math.max(0, max - 1)).join('')}…`
}

/** A field's value as JSON, bigint included; `undefined` is «not set». Redacted before it is shortened. */
export const showValue = (value: unknown, redact: Redact): string =>
  value === undefined ? '(not set)' : shorten(redact(stringify(value) ?? 'null'))

/** `1 cluster`, `2 clusters`, `3 libraries`. */
export const count = (n: number, noun: string): string => {
  if (n === 1) return `${n} ${noun}`
  return `${n} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ie` : noun}s`
}

/** `0.4s`, `12.3s`, `2m05s`, `1h02m`. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, '0')}s`
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
}

/** `pypi numpy==1.26.0 from https://…`, `whl dbfs:/x.whl`. */
export const libraryName = (library: Library): string =>
  Object.entries(library)
    .map(([kind, value]) => {
      if (typeof value === 'string') return `${kind} ${value}`
      const name = 'coordinates' in value ? value.coordinates : value.package
      const without =
        'exclusions' in value && value.exclusions?.length ? ` without ${value.exclusions.join(', ')}` : ''
      return `${kind} ${name}${value.repo === undefined ? '' : ` from ${value.repo}`}${without}`
    })
    .join(', ')

/** Lines of a text that others wrote: without terminal control sequences, later lines indented under the first. */
export const block = (text: string, indent = '  '): string[] =>
  stripVTControlCharacters(text)
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(?!\t)\p{Cc}/gu, ''))
    .map((line, index) => (index === 0 ? line : `${indent}${line}`).trimEnd())

const place = ({ file, line, column }: Pick<Warning, 'file' | 'line' | 'column'>): string => {
  if (file === undefined) return ''
  return line ? `${file}:${line}:${column ?? 1}: ` : `${file}: `
}

const hintLines = (hint: string | undefined, label = ''): string[] =>
  hint ? block(`${label}${hint}`, '  ').map((line) => `  ${line}`) : []

/** `file:line:column: message [rule]` and its hint. */
export const faultLines = (fault: Fault): string[] => [
  ...block(`${place(fault)}${fault.message} [${fault.rule}]`),
  ...hintLines(fault.hint),
]

/** The same with `warning:`; without a place it is `warning: message` and what to do. */
export const warningLines = (warning: Warning, paint: Paint): string[] => {
  const [first = '', ...rest] = block(`${warning.message}${warning.rule ? ` [${warning.rule}]` : ''}`)
  const hint = hintLines(warning.hint, warning.file === undefined ? 'what to do: ' : '')
  return [`${place(warning)}${paint('warning', 'warning:')} ${first}`, ...rest, ...hint]
}

/** Faults first, the failure last: the end of a log is what people see. */
export const failureLines = (
  failure: { message: string; hint: string; faults: readonly Fault[] },
  paint: Paint,
): string[] => {
  const [first = '', ...rest] = block(failure.message)
  return [
    ...failure.faults.flatMap(faultLines),
    `${paint('error', 'error:')} ${first}`,
    ...rest,
    ...hintLines(failure.hint, 'what to do: '),
  ]
}
