import { describe, expect, it } from 'vitest'

import type { Event } from '../../src/report/events.ts'
import { run, started, progress, done, retry, failure, faultText, secret } from './runs.ts'
import { filesChange, planOf } from './samples.ts'

describe('plain: stderr, line by line', () => {
  const table: [string, (Event | number)[], string][] = [
    ['a task', [started, 1.25, done], '   0.0s > Upload files\n   1.3s ✓ Upload files (1.3s): 9 uploaded\n'],
    [
      'a task that fails',
      [started, 65, { type: 'task', state: 'failed', id: 't', detail: 'no such package', at: 0 }],
      '   0.0s > Upload files\n  1m05s ✗ Upload files (1m05s): no such package\n',
    ],
    [
      'progress is said every ten seconds',
      [started, 9.5, progress(1), 10, progress(2), 15, progress(3), 20.5, progress(4), 21, done],
      '   0.0s > Upload files\n  10.0s   Upload files 2/9: f2\n  20.5s   Upload files 4/9: f4\n  21.0s ✓ Upload files (21.0s): 9 uploaded\n',
    ],
    [
      'retries of one call too, with their number',
      [retry, retry, retry, 11, retry],
      '   0.0s   attempt 1 of POST /api/x failed, again in 1.5s: 429 Too Many Requests\n' +
        '  11.0s   attempt 1 of POST /api/x failed, again in 1.5s: 429 Too Many Requests (and 2 more like it)\n',
    ],
    ['a notice', [{ type: 'notice', level: 'info', text: 'two\nlines' }], '   0.0s   two\n          lines\n'],
    [
      'a warning and what to do',
      [{ type: 'notice', level: 'warning', text: 'old runtime', hint: 'take 15.4' }],
      'warning: old runtime\n  what to do: take 15.4\n',
    ],
    [
      'a warning about a place',
      [
        {
          type: 'warning',
          fault: {
            file: 'a.yml',
            line: 1,
            column: 2,
            rule: 'unpinned',
            message: 'no version',
            hint: 'pin it',
          },
        },
      ],
      'a.yml:1:2: warning: no version [unpinned]\n  pin it\n',
    ],
    ['a failure with faults', [failure], faultText],
    [
      'what was not finished comes before the failure',
      [started, 2, failure],
      `   0.0s > Upload files\n   2.0s - Upload files: not finished after 2.0s\n${faultText}`,
    ],
    [
      'others cannot give commands to the CI host, nor to the terminal',
      [{ type: 'notice', level: 'warning', text: '##vso[task.setvariable]x\n::set-env::\u001b[2J\u0007' }],
      'warning: # #vso[task.setvariable]x\n  : :set-env::\n',
    ],
    ['a secret', [{ type: 'notice', level: 'info', text: `Bearer ${secret}` }], '   0.0s   Bearer ***\n'],
  ]
  it.each(table)('%s', (_name, steps, expected) => {
    const { err, out } = run('plain', steps)
    expect(err).toBe(expected)
    expect(out).toBe('')
  })

  it('plan and result go to stdout', () => {
    const { out, err } = run('plain', [
      { type: 'plan', plan: planOf({ files: filesChange({ add: ['a'] }) }) },
      { type: 'result', data: {}, text: `done\n${secret}` },
    ])
    expect(out).toBe(
      'Files in /Shared/HelloWorkspace (0 unchanged)\n  + a\nPlan: 1 file to upload, 0 to delete.\ndone\n***\n',
    )
    expect(err).toBe('')
  })

  it('an empty result prints nothing', () => {
    expect(run('plain', [{ type: 'result', data: {}, text: '' }]).out).toBe('')
  })

  it('colours when asked', () => {
    expect(run('plain', [started, done], { color: true }).err).toContain('\u001b[32m✓\u001b[39m')
  })
})

describe.each(['plain', 'json', 'terminal'] as const)('%s: closed is closed', (mode) => {
  it('nothing is written after close, and a second close is nothing', () => {
    const { reporter, stdout, stderr } = run(mode, [started])
    const before = stdout.text() + stderr.text()
    reporter.emit({ type: 'notice', level: 'warning', text: 'late' })
    reporter.emit({ type: 'result', data: {}, text: 'late' })
    reporter.close(1)
    expect(stdout.text() + stderr.text()).toBe(before)
  })
})

it('the outcome has all that a summary needs', () => {
  const { reporter } = run('plain', [
    { type: 'plan', plan: planOf() },
    { type: 'result', data: { a: 1 }, text: 'done' },
  ])
  expect(reporter.outcome(0)).toMatchObject({
    ok: true,
    text: 'done',
    result: { a: 1 },
    plan: { project: 'tesseract' },
  })
})
