import { stripVTControlCharacters } from 'node:util'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Event } from '../../src/report/events.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createReporter } from '../../src/report/reporter.ts'
import { recorder } from './samples.ts'

const hide = '\u001b[?25l'
const show = '\u001b[?25h'
const secret = `dapi${'0123456789abcdef'.repeat(4)}`

const open = (size = { columns: 60, rows: 12 }) => {
  const [stdout, stderr] = [recorder(size), recorder(size)]
  const redactor = createRedactor()
  redactor.add(secret)
  const reporter = createReporter({
    mode: 'terminal',
    stdout,
    stderr,
    color: false,
    redactor,
    command: 'deploy',
    now: () => Date.now(),
  })
  return { ...reporter, stdout, stderr }
}

const started = (id: string, title: string): Event => ({
  type: 'task',
  state: 'started',
  id,
  title,
  at: Date.now(),
})
const ended = (id: string): Event => ({ type: 'task', state: 'done', id, at: Date.now() })
/** log-update arrives with a dynamic import, which takes real time. */
const loaded = async (): Promise<void> => {
  await import('log-update')
  await vi.advanceTimersByTimeAsync(1)
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('the live region', () => {
  it('shows what runs with its elapsed time, and hides the cursor meanwhile', async () => {
    const { emit, close, stderr } = open()
    emit(started('a', 'Start cluster'))
    emit(started('b', 'Upload files'))
    await loaded()
    emit({ type: 'task', state: 'progress', id: 'b', detail: 'x.py', done: 3, total: 9, at: Date.now() })
    await vi.advanceTimersByTimeAsync(2000)
    const text = stripVTControlCharacters(stderr.text())
    expect(text).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] 2\.0s {2}Start cluster\n/)
    expect(text).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] 2\.0s {2}Upload files 3\/9: x\.py\n/)
    expect(stderr.text()).toContain(hide)
    expect(stderr.text()).not.toContain(show)
    close(0)
    expect(stderr.text().split(show)).toHaveLength(2)
  })

  it('gives way to lines that stay', async () => {
    const { emit, close, stderr } = open()
    emit(started('a', 'Start cluster'))
    await loaded()
    emit(started('b', 'Upload files'))
    await vi.advanceTimersByTimeAsync(1500)
    emit(ended('b'))
    emit({ type: 'task', state: 'failed', id: 'a', detail: 'no capacity', at: Date.now() })
    close(4)
    const text = stripVTControlCharacters(stderr.text())
    expect(text).toContain('✓ Upload files (1.5s)\n')
    expect(text).toContain('✗ Start cluster (1.5s): no capacity\n')
    expect(text.trimEnd().endsWith('✗ Start cluster (1.5s): no capacity')).toBe(true)
  })

  it('is one row a task, cut at the width, without half a secret', async () => {
    const { emit, close, stderr } = open({ columns: 40, rows: 12 })
    emit(started('a', `Call with ${'x'.repeat(12)}${secret}`))
    emit(started('b', `Long ${'y'.repeat(100)}`))
    await loaded()
    close(0)
    const text = stripVTControlCharacters(stderr.text())
    expect(text).not.toContain('dapi')
    expect(text).toContain('***')
    const rows = text.split('\n').filter((line) => line.includes('Long'))
    expect(Math.max(...rows.slice(0, 1).map((line) => line.length))).toBeLessThan(40)
  })

  it('shows at most eight rows', async () => {
    const { emit, close, stderr } = open({ columns: 60, rows: 40 })
    for (let index = 0; index < 12; index += 1) emit(started(`t${index}`, `Task ${index}`))
    await loaded()
    close(0)
    const text = stripVTControlCharacters(stderr.text())
    expect(text).toContain('… and 4 more')
    expect(text).not.toContain('Task 8  ')
  })

  it('shows the last retry for a while', async () => {
    const { emit, close, stderr } = open({ columns: 100, rows: 12 })
    emit(started('a', 'Start cluster'))
    await loaded()
    emit({ type: 'retry', method: 'GET', path: '/api/x', attempt: 2, delayMs: 3000, reason: '503' })
    await vi.advanceTimersByTimeAsync(200)
    expect(stripVTControlCharacters(stderr.text())).toContain(
      'attempt 2 of GET /api/x failed, again in 3.0s: 503',
    )
    close(0)
  })

  it('is not even loaded when nothing takes time', () => {
    const { emit, close, stdout, stderr } = open()
    emit({ type: 'result', data: {}, text: 'done' })
    close(0)
    expect(stdout.text()).toBe('done\n')
    expect(stderr.text()).toBe('')
  })
})

describe('close', () => {
  it('leaves no timer and no listener, whether the region was drawn or not', async () => {
    const before = process.listenerCount('exit')
    for (const wait of [true, false]) {
      const { emit, close, stderr } = open()
      emit(started('a', 'Start cluster'))
      if (wait) await loaded()
      close(4)
      const written = stderr.text()
      await loaded()
      await vi.advanceTimersByTimeAsync(1000)
      expect(stderr.text()).toBe(written)
      expect(written).toContain('- Start cluster: not finished after')
      expect(vi.getTimerCount()).toBe(0)
    }
    expect(process.listenerCount('exit')).toBe(before)
  })
})

describe('a failure', () => {
  it('says first what did not finish, then the faults, then what to do', () => {
    const { emit, close, stderr } = open()
    emit(started('a', 'Start cluster'))
    const fault = { file: 'a.yml', line: 1, column: 1, rule: 'r', message: 'bad' }
    emit({ type: 'failure', code: 'X', message: 'It broke', hint: 'mend it', exit: 4, faults: [fault] })
    close(4)
    expect(stderr.text()).toBe(
      '- Start cluster: not finished after 0.0s\na.yml:1:1: bad [r]\nerror: It broke\n  what to do: mend it\n',
    )
  })
})
