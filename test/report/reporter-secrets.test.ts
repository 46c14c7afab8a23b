import { describe, expect, it } from 'vitest'

import type { Event } from '../../src/report/events.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createReporter } from '../../src/report/reporter.ts'
import { failure } from './runs.ts'
import { clusterChange, planOf, recorder } from './samples.ts'

/** Its lines are too short to be hidden one by one: it must go before anything breaks the text into lines. */
const short = 'ab1\ncd2\nef3'
const told: [string, Event][] = [
  ['notice', { type: 'notice', level: 'info', text: short, hint: short }],
  [
    'warning',
    { type: 'warning', fault: { file: short, line: 1, column: 1, rule: 'r', message: short, hint: short } },
  ],
  [
    'plan',
    {
      type: 'plan',
      plan: planOf({ warnings: [short], clusters: [clusterChange({ notes: [short], hits: [short] })] }),
    },
  ],
  ['task', { type: 'task', state: 'started', id: 'x', title: short, at: 0 }],
  ['task that ends', { type: 'task', state: 'done', id: 'x', detail: short, at: 0 }],
  ['task that fails', { type: 'task', state: 'failed', id: 'x', detail: short, trace: short, at: 0 }],
  ['retry', { type: 'retry', method: 'GET', path: short, attempt: 1, delayMs: 1, reason: short }],
  [
    'failure',
    {
      ...failure,
      message: short,
      hint: short,
      faults: [{ file: short, line: 1, column: 1, rule: 'r', message: short, hint: short }],
    },
  ],
  ['result', { type: 'result', data: { short }, text: short }],
  ['result that is shown otherwise', { type: 'result', data: {}, text: '', shown: short }],
]

describe.each(['plain', 'json', 'terminal'] as const)('%s: a secret of several short lines', (mode) => {
  it.each(told)('is hidden in a %s', (_name, event) => {
    const [stdout, stderr] = [recorder(), recorder()]
    const redactor = createRedactor()
    redactor.add(short)
    const reporter = createReporter({
      mode,
      stdout,
      stderr,
      color: false,
      redactor,
      command: 'x',
      now: () => 0,
    })
    reporter.emit(event)
    reporter.close(0)
    expect(stdout.text() + stderr.text()).not.toMatch(/ab1|cd2|ef3/)
  })
})
