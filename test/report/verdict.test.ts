import { describe, expect, it } from 'vitest'
import type { CheckResult, Verdict } from '../../src/plan/state-evidence.ts'
import type { VerdictNews } from '../../src/report/events.ts'
import { junit } from '../../src/report/junit.ts'
import { readJunit } from '../../src/report/junit-read.ts'
import { outcomeMarkdown } from '../../src/report/outcome-markdown.ts'
import { createPaint } from '../../src/report/output.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createTaskRecorder } from '../../src/report/run-record.ts'
import { casesOf } from '../../src/report/tests.ts'
import { verdictMarkdown } from '../../src/report/verdict-markdown.ts'
import { verdictText } from '../../src/report/verdict-text.ts'
import { verdictData, verdictLine, verdictSuite } from '../../src/report/verdict.ts'
import { run, secret } from './runs.ts'

const ready: CheckResult = { check: 'candidate.ready', status: 'passed', found: 'READY', wanted: 'READY' }
const accurate: CheckResult = {
  check: 'metrics.r2.min',
  status: 'failed',
  code: 'BELOW_MIN',
  found: '0.71',
  wanted: '>= 0.8',
  why: 'Model is not accurate, retrain the model! (less than 0.8)',
}
const approved: CheckResult = {
  check: 'approvals',
  status: 'waiting',
  code: 'APPROVAL_MISSING',
  found: 'none',
  wanted: '1',
  why: '1 approval(s) missing',
}
const compared: CheckResult = {
  check: 'metrics.rmse.relative-loss',
  status: 'skipped',
  found: 'none',
  wanted: 'loss <= 5 %',
  why: 'no champion yet',
}

const news = (part: Partial<Verdict> = {}, more: Partial<VerdictNews> = {}): VerdictNews => ({
  title: 'stock version 7 to staging',
  model: 'stock-price',
  version: '7',
  place: 'staging',
  evidence: 'ab12',
  verdict: {
    verdict: 'failed',
    allows: false,
    mode: 'enforce',
    checks: [ready, accurate, compared, approved],
    why: 'failed: metrics.r2.min',
    ...part,
  },
  ...more,
})

const fine = news({ verdict: 'passed', allows: true, checks: [ready] })
delete fine.verdict.why

const same = (text: string): string => text
const plain = createPaint(false)

describe('a verdict in a line', () => {
  const warned = { verdict: 'failed', allows: true, mode: 'warn' } as const
  const table: [VerdictNews, string][] = [
    [news(), 'refused, 1 of 4 checks failed, 1 waiting'],
    [news({ verdict: 'waiting', checks: [ready, approved] }), 'waiting, 1 of 2 checks waiting'],
    [news(warned), 'passed with warnings, 1 of 4 checks failed, 1 waiting'],
    [fine, 'passed, 1 check'],
    [news({ verdict: 'passed', mode: 'warn', checks: [ready] }), 'passed, not promoted, 1 check'],
  ]
  it.each(table)('%#', (one, expected) => {
    expect(verdictLine(one)).toBe(`stock version 7 to staging: ${expected}`)
  })
})

describe('as text', () => {
  it('is a table', () => {
    expect(verdictText(news(), plain)).toEqual([
      'stock version 7 to staging: refused, 1 of 4 checks failed, 1 waiting',
      '  failed: metrics.r2.min',
      '  check                       found  wanted       status   why',
      '  candidate.ready             READY  READY        passed',
      '  metrics.r2.min              0.71   >= 0.8       failed   Model is not accurate, retrain the model! (less than 0.8)',
      '  metrics.rmse.relative-loss  none   loss <= 5 %  skipped  no champion yet',
      '  approvals                   none   1            waiting  1 approval(s) missing',
    ])
  })

  it('keeps its columns whatever others have written', () => {
    const odd = { ...ready, found: `a\nb\u001b[31m\u0007${'x'.repeat(99)}`, why: 'y'.repeat(999) }
    const [, , , row = ''] = verdictText(news({ checks: [odd] }), plain)
    expect(row).toContain(`a b${'x'.repeat(56)}…`)
    expect(row.length).toBeLessThan(420)
    expect(verdictText(news({ checks: [odd] }), plain)).toHaveLength(4)
  })

  it('is coloured by status', () => {
    const rows = verdictText(news(), createPaint(true)).slice(3)
    // https://en.wikipedia.org/wiki/ANSI_escape_code#Colors
    expect(rows.map((row) => /\[(\d+)m/.exec(row)?.[1])).toEqual(['32', '31', '2', '33'])
  })
})

describe('as Markdown', () => {
  it('has what stands in the way in front, the rest behind a click', () => {
    const text = verdictMarkdown(news(), { redact: same, limit: 10_000 })
    const [heading = '', open = '', rest = ''] = text.split('\n\n')
    expect(heading).toContain(
      '**❌ stock version 7 to staging: refused, 1 of 4 checks failed, 1 waiting**<br>failed: metrics.r2.min',
    )
    expect(open.split('\n')).toHaveLength(4)
    expect(open).toContain(
      '| <code>metrics.r2.min</code> | 0.71 | &gt;= 0.8 | ❌ failed | Model is not accurate, retrain the model! (less than 0.8) |',
    )
    expect(open).toContain('⏳ waiting')
    expect(rest).toContain('<details><summary>2 checks passed or skipped</summary>')
    expect(text).toContain('➖ skipped')
  })

  it('escapes what others have written, and hides secrets before it cuts', () => {
    const redactor = createRedactor()
    redactor.add(secret)
    const evil = { ...accurate, found: '@ada | <b>', why: `${'x'.repeat(590)}${secret}` }
    const text = verdictMarkdown(news({ checks: [evil] }), { redact: redactor.redact, limit: 10_000 })
    expect(text).toContain('@&#8203;ada &#124; &lt;b&gt;')
    expect(text).not.toContain(secret.slice(0, 8))
  })

  it('keeps to its limit, and the refusals as long as there is room', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ ...ready, check: `tags.t${index}` }))
    const text = verdictMarkdown(news({ checks: [...many, accurate] }), { redact: same, limit: 1500 })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1500)
    expect(text).toContain('metrics.r2.min')
    expect(text).not.toContain('tags.t1')
    const whole = verdictMarkdown(news({ checks: [...many, accurate] }), { redact: same, limit: 100_000 })
    expect(whole).toContain('… and 440 more')
  })
})

describe('as a suite of JUnit', () => {
  const statuses = (one: VerdictNews) => verdictSuite(one).cases.map(({ name, status }) => [name, status])

  it('has a case a check; what is waited for is skipped', () => {
    expect(statuses(news())).toEqual([
      ['candidate.ready', 'passed'],
      ['metrics.r2.min', 'failed'],
      ['metrics.rmse.relative-loss', 'skipped'],
      ['approvals', 'skipped'],
    ])
    expect(verdictSuite(news())).toMatchObject({
      name: 'gate: stock version 7 to staging',
      cases: [
        { message: '', text: '' },
        { message: `failed: ${accurate.why}`, text: 'BELOW_MIN\nfound: 0.71\nwanted: >= 0.8' },
        { message: 'skipped: no champion yet' },
        { message: 'waiting: 1 approval(s) missing' },
      ],
    })
  })

  it('is not red where the job is green', () => {
    const warned = news({ mode: 'warn', allows: true })
    expect(statuses(warned)[1]).toEqual(['metrics.r2.min', 'skipped'])
    expect(verdictSuite(warned).cases[1]?.message).toContain('warning (mode warn)')
  })

  it('is in the report of the run, as it was judged last', () => {
    const recorder = createTaskRecorder()
    recorder.note({ type: 'verdict', ...news({ checks: [accurate] }) })
    recorder.note({ type: 'verdict', ...fine, place: 'production' })
    recorder.note({ type: 'verdict', ...news() })
    const suites = recorder.suites()
    expect(suites.map(({ cases }) => cases.length)).toEqual([4, 1])
    const outcome = { command: 'promote', ok: false, exit: 8, warnings: [] }
    const xml = junit({ outcome, tasks: [], suites, startedAt: 0, endedAt: 1 }, same)
    const read = casesOf(readJunit(xml)).filter(({ classname }) => classname.startsWith('stock'))
    expect(read.map(({ status }) => status)).toEqual(['passed', 'failed', 'skipped', 'skipped', 'passed'])
    expect(read[1]?.message).toContain('Model is not accurate, retrain the model!')
  })
})

describe('as an event', () => {
  const event = { type: 'verdict', ...news() } as const

  it.each(['plain', 'terminal'] as const)('is on stdout: %s', (mode) => {
    const { out, err } = run(mode, [event], { exit: 8 })
    expect(out).toBe(`${verdictText(news(), plain).join('\n')}\n`)
    expect(err).not.toContain('refused')
  })

  it('is in the JSON document, and nothing of it beside', () => {
    const { out } = run('json', [event, event], { exit: 8 })
    const document = JSON.parse(out)
    expect(document.verdicts).toEqual([JSON.parse(JSON.stringify(verdictData(news())))])
    expect(document.verdicts[0]).toMatchObject({
      place: 'staging',
      evidence: 'ab12',
      verdict: 'failed',
      allows: false,
    })
    expect(Object.keys(JSON.parse(run('json', []).out))).not.toContain('verdicts')
  })

  it('is in the summary, above everything but the failure', () => {
    const { reporter } = run('plain', [event, { type: 'result', data: {}, text: 'the result' }], { exit: 8 })
    const text = outcomeMarkdown(reporter.outcome(8), { redact: same, limit: 10_000 })
    expect(text.indexOf('metrics.r2.min')).toBeGreaterThan(text.indexOf('Brickrail deploy'))
    expect(text.indexOf('the result')).toBeGreaterThan(text.indexOf('metrics.r2.min'))
  })

  it('says no secret, wherever it stands', () => {
    const told = news({
      checks: [{ ...accurate, check: `tags.${secret}`, found: secret, wanted: secret, why: secret }],
      why: secret,
    })
    const leaky = { type: 'verdict', ...told, title: secret, model: secret } as const
    for (const mode of ['plain', 'terminal', 'json'] as const) {
      const { out, err } = run(mode, [leaky])
      expect(out + err).not.toContain(secret)
      expect(out).toContain('***')
    }
  })
})
