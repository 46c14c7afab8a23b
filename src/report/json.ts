import { parse, stringify } from 'lossless-json'

import { documentOf, type Outcome } from './outcome.ts'
import { createPlain } from './plain.ts'
import { mask, type Redact } from './redact.ts'
import type { Renderer, Stage } from './stage.ts'

const scalar = (value: unknown, redact: Redact): unknown => {
  if (typeof value === 'string') return redact(value)
  if (typeof value !== 'number' && typeof value !== 'bigint') return value
  return redact(String(value)) === String(value) ? value : mask
}

/** The value without secrets in its strings, names and numbers; taken apart, so the JSON around them stays whole. */
const redactValue = (value: unknown, redact: Redact): unknown => {
  if (Array.isArray(value)) return value.map((one) => redactValue(one, redact))
  if (typeof value !== 'object' || value === null) return scalar(value, redact)
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [redact(key), redactValue(part, redact)]),
  )
}

const isJson = (text: string): boolean => {
  try {
    parse(text)
    return true
  } catch {
    return false
  }
}

/** `##vso[` in a string would be a command to Azure Pipelines; the escape means the same to a reader of JSON. */
const disarm = (json: string): string => json.replaceAll('##', String.raw`#\u0023`)

/** The one document on stdout, ready to print: int64 values exact, no secret, always valid JSON. */
const documentText = (outcome: Outcome, redact: Redact): string => {
  const text = redact(stringify(redactValue(documentOf(outcome), redact), undefined, 2) ?? 'null')
  if (isJson(text)) return disarm(text)
  // A secret that spans quotes and commas of JSON itself: rather no details than half a document.
  const { command, ok, exit } = outcome
  const warnings = [{ message: 'the details are left out: printing them would print a secret' }]
  return stringify({ command, ok, exit, warnings }, undefined, 2) ?? 'null'
}

/** Logs to stderr as everywhere else; on stdout one document at the end, and nothing before it. */
export const createJson = (stage: Stage): Renderer => {
  const { screen, redact } = stage
  const logs = createPlain({ ...stage, screen: { err: screen.err, out: () => undefined } })
  return {
    show: logs.show,
    close: (outcome) => {
      logs.close(outcome)
      screen.out([documentText(outcome, redact)])
    },
  }
}
