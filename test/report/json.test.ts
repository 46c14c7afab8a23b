import { parse } from 'lossless-json'
import { describe, expect, it } from 'vitest'

import type { Event } from '../../src/report/events.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createReporter } from '../../src/report/reporter.ts'
import { run, started, done, failure, faultText, secret } from './runs.ts'
import { clusterChange, planOf, recorder } from './samples.ts'

describe('json', () => {
  const plan = planOf({
    clusters: [clusterChange({ fields: [{ path: 'id', old: undefined, new: 12345678901234567890n }] })],
  })

  it('is one document on stdout, logs on stderr', () => {
    const { out, err } = run(
      'json',
      [
        started,
        { type: 'plan', plan },
        { type: 'notice', level: 'warning', text: 'careful', hint: 'look' },
        { type: 'notice', level: 'info', text: 'by the way' },
        done,
        { type: 'result', data: { number: 7, id: 12345678901234567890n }, text: 'done' },
      ],
      { exit: 0 },
    )
    expect(JSON.parse(out)).toMatchObject({
      command: 'deploy',
      ok: true,
      exit: 0,
      plan: { version: 1, project: 'tesseract' },
      result: { number: 7 },
      warnings: [{ message: 'careful', hint: 'look' }],
    })
    expect(Object.keys(JSON.parse(out))).toEqual(['command', 'ok', 'exit', 'plan', 'result', 'warnings'])
    expect(out).toContain('"id": 12345678901234567890')
    expect(out).toContain('"new": 12345678901234567890')
    expect(err).toContain('> Upload files')
    expect(err).toContain('warning: careful')
    expect(err).not.toContain('done\n')
  })

  it('tells the first failure and its faults', () => {
    const later: Event = { ...failure, code: 'INTERRUPTED', message: 'later' }
    const { out, err } = run('json', [failure, later], { exit: 2 })
    expect(JSON.parse(out)).toEqual({
      command: 'deploy',
      ok: false,
      exit: 2,
      warnings: [],
      failure: { code: failure.code, message: failure.message, hint: failure.hint, faults: failure.faults },
    })
    expect(err).toContain(faultText)
  })

  it('comes also when nothing was said', () => {
    expect(JSON.parse(run('json', [], { exit: 3 }).out)).toEqual({
      command: 'deploy',
      ok: false,
      exit: 3,
      warnings: [],
    })
  })

  it('gives no command to Azure Pipelines, and means the same', () => {
    const text = '##vso[task.complete]'
    const { out } = run('json', [{ type: 'result', data: { text }, text: '' }])
    expect(out).not.toContain('##')
    expect(JSON.parse(out).result).toEqual({ text })
  })

  const hard: [string, string, unknown, unknown][] = [
    ['in a value', secret, secret, '***'],
    ['in a name', secret, { [`x-${secret}`]: 1 }, { 'x-***': 1 }],
    ['a number', '123456', [123456, 1234567n, 12], ['***', '***', 12]],
    ['that ends like an escape', String.raw`abc12\ `.trim(), String.raw`abc12\ x`, '*** x'],
    ['deep', secret, [[{ a: [`q${secret}q`] }]], [[{ a: ['q***q'] }]]],
  ]
  it.each(hard)('stays valid when a secret is %s', (_name, word, value, expected) => {
    const stdout = recorder()
    const redactor = createRedactor()
    redactor.add(word)
    const options = {
      mode: 'json',
      stdout,
      stderr: recorder(),
      color: false,
      redactor,
      command: 'x',
      now: () => 0,
    } as const
    const reporter = createReporter(options)
    reporter.emit({ type: 'result', data: { value }, text: '' })
    reporter.close(0)
    expect(JSON.parse(stdout.text()).result.value).toEqual(expected)
  })

  it('leaves the details out rather than print half a document', () => {
    const stdout = recorder()
    const redactor = createRedactor()
    redactor.add('"a": "b",')
    const options = {
      mode: 'json',
      stdout,
      stderr: recorder(),
      color: false,
      redactor,
      command: 'x',
      now: () => 0,
    } as const
    const reporter = createReporter(options)
    reporter.emit({ type: 'result', data: { a: 'b', c: 'd' }, text: '' })
    reporter.close(0)
    expect(stdout.text()).not.toContain('"a": "b",')
    expect(parse(stdout.text())).toHaveProperty('warnings')
  })
})
