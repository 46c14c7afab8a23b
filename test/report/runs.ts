import type { Event } from '../../src/report/events.ts'
import type { EventOf } from '../../src/report/render.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createReporter, type Mode } from '../../src/report/reporter.ts'
import { recorder } from './samples.ts'

export const secret = 'dapi0123456789abcdef'

/** Runs events through a reporter; `at` moves the clock in seconds. */
export const run = (mode: Mode, steps: readonly (Event | number)[], { exit = 0, color = false } = {}) => {
  let now = 1_000_000
  const [stdout, stderr] = [recorder(), recorder()]
  const redactor = createRedactor()
  redactor.add(secret)
  const reporter = createReporter({
    mode,
    stdout,
    stderr,
    color,
    redactor,
    command: 'deploy',
    now: () => now,
  })
  for (const step of steps) {
    if (typeof step === 'number') now = 1_000_000 + step * 1000
    else reporter.emit('at' in step ? { ...step, at: now } : step)
  }
  reporter.close(exit)
  return { out: stdout.text(), err: stderr.text(), reporter, stdout, stderr }
}

export const started: Event = { type: 'task', state: 'started', id: 't', title: 'Upload files', at: 0 }
export const progress = (done: number): Event => ({
  type: 'task',
  state: 'progress',
  id: 't',
  detail: `f${done}`,
  done,
  total: 9,
  at: 0,
})
export const done: Event = { type: 'task', state: 'done', id: 't', detail: '9 uploaded', at: 0 }
export const retry: Event = {
  type: 'retry',
  method: 'POST',
  path: '/api/x',
  attempt: 1,
  delayMs: 1500,
  reason: '429 Too Many Requests',
}
export const failure: EventOf<'failure'> = {
  type: 'failure',
  code: 'CONFIG_INVALID',
  message: '2 fault(s)\nin files',
  hint: 'mend them',
  exit: 2,
  faults: [
    {
      file: 'brickrail.yml',
      line: 3,
      column: 5,
      rule: 'unknown-key',
      message: 'unknown key «clster»',
      hint: 'did you mean «cluster»?',
    },
    { file: 'clusters/a.json', line: 0, column: 0, rule: 'missing-file', message: 'there is no such file' },
  ],
}
export const faultText = [
  'brickrail.yml:3:5: unknown key «clster» [unknown-key]',
  '  did you mean «cluster»?',
  'clusters/a.json: there is no such file [missing-file]',
  'error: 2 fault(s)',
  '  in files',
  '  what to do: mend them',
  '',
].join('\n')
