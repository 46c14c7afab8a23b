import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { log as azure } from '../../src/host/azure/log.ts'
import { log as github } from '../../src/host/github/log.ts'
import { log as gitlab } from '../../src/host/gitlab/log.ts'
import { harmless, oneLine } from '../../src/host/escape.ts'
import { disarm } from '../../src/report/output.ts'
import type { Event } from '../../src/report/events.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createReporter } from '../../src/report/reporter.ts'
import { clusterChange, filesChange, planOf, recorder } from '../report/samples.ts'
import { commandsIn } from './grammars.ts'

/** Pieces of commands, and what may stand between them. */
const piece = fc.oneof(
  fc.constantFrom(
    '##',
    '#',
    'vso',
    'VSO',
    '[',
    ']',
    ']x',
    '::',
    ':',
    'set-env name=a',
    'error',
    'task.setvariable variable=x',
    '##vso[task.setsecret]',
    '##[error]',
    '::add-mask::',
    '::stop-commands::x',
    'section_start:1:a',
    '[a=b]',
    'section_end:1:a',
    '\r\u001B[0K',
    '\u001B[0K',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '\u0085',
    '\u00A0',
    '\u2028',
    '#\u200B#',
    'v\u00ADso[a.b]',
    ':\u200B:',
    '\u00AD::x::',
    '##[a]',
    '\u200B',
    '\u00AD',
    '\uFEFF',
    '\u0000',
    '\u000B',
    '%0A',
    '%25',
    '%3A',
    '%AZP25',
    '=',
    ',',
    ';',
    'a',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''))
const hosts = ['gitlab', 'azure', 'github'] as const

const everyEvent = (t: string): Event[] => {
  const fault = { file: t, line: 1, column: 1, rule: 'r', message: t, hint: t }
  return [
    { type: 'notice', level: 'info', text: t, hint: t },
    { type: 'notice', level: 'warning', text: t, hint: t },
    { type: 'warning', fault },
    {
      type: 'plan',
      plan: planOf({
        warnings: [t],
        refusals: [{ what: t, owner: t, hint: t }],
        clusters: [
          clusterChange({
            name: t,
            action: 'edit',
            notes: [t],
            hits: [t],
            fields: [{ path: t, old: t, new: t }],
          }),
        ],
        files: filesChange({ root: t, add: [t], delete: [t], notes: [t] }),
      }),
    },
    { type: 'task', state: 'started', id: 't', title: t, at: 0 },
    { type: 'task', state: 'failed', id: 't', detail: t, at: 0 },
    { type: 'retry', method: 'GET', path: t, attempt: 1, delayMs: 1, reason: t },
    { type: 'result', data: { t }, text: t },
    { type: 'failure', code: 'X', message: t, hint: t, exit: 4, faults: [fault] },
  ]
}

describe.each(['plain', 'json'] as const)('what is printed as %s', (mode) => {
  it('is no command to any host, whatever the text', () => {
    fc.assert(
      fc.property(text, (t) => {
        const [stdout, stderr] = [recorder(), recorder()]
        const { redact } = createRedactor()
        const redactor = { redact }
        const reporter = createReporter({
          mode,
          stdout,
          stderr,
          color: true,
          redactor,
          command: 'x',
          now: () => 0,
        })
        everyEvent(t).forEach(reporter.emit)
        reporter.close(4)
        for (const host of hosts) {
          expect(commandsIn(host, stdout.text())).toEqual([])
          expect(commandsIn(host, stderr.text())).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })
})

it('the last stop alone keeps any line from being a command', () => {
  fc.assert(
    fc.property(text, (t) => {
      const printed = t.split('\n').map(disarm).join('\n')
      for (const host of hosts) expect(commandsIn(host, printed)).toEqual([])
    }),
    { numRuns: 2000 },
  )
})

describe('our own commands', () => {
  const title = fc.tuple(text, text, text)

  it('annotate: one command, with exactly what was given', () => {
    fc.assert(
      fc.property(title, ([t, name, file]) => {
        const note = { level: 'error', text: t, title: name, file, line: 3, column: 5 } as const
        const [ours] = commandsIn('github', github.annotate(note).join('\n'))
        const place = oneLine(file) === '' ? {} : { file: oneLine(file) }
        const named = oneLine(name) === '' ? {} : { title: oneLine(name) }
        expect(ours).toEqual({
          name: 'error',
          properties: { ...place, line: '3', col: '5', ...named },
          data: harmless(t),
        })
        const azures = commandsIn('azure', azure.annotate(note).join('\n'))
        expect(azures).toHaveLength(1)
        expect(azures[0]).toMatchObject({
          name: 'task.logissue',
          properties: { type: 'error', linenumber: '3', columnnumber: '5' },
          data: harmless(`${name}: ${t}`),
        })
        expect(
          github
            .annotate(note)
            .join('')
            .split(/[\r\n]/),
        ).toHaveLength(1)
      }),
    )
  })

  it('sections: one mark each, and the title is none', () => {
    fc.assert(
      fc.property(title, ([t, id]) => {
        expect(commandsIn('github', github.open(id, t, 5000))).toEqual([
          { name: 'group', properties: {}, data: oneLine(t) },
        ])
        expect(commandsIn('azure', azure.open(id, t, 5000)).map(({ name }) => name)).toEqual(['group'])
        const [start, ...rest] = commandsIn('gitlab', gitlab.open(`a${id}`, t, 5000))
        expect(start).toMatchObject({ name: 'section_start', properties: { at: '5' } })
        expect(start?.properties['id']).toMatch(/^[a-z0-9_.-]+$/)
        expect(rest).toEqual([])
        expect(gitlab.open(id, t, 5000).split('\n')).toHaveLength(1)
      }),
    )
  })

  it('masks: the host gets each line as it is', () => {
    fc.assert(
      fc.property(text, (t) => {
        const lines = new Set(t.split(/\r\n|\r|\n/).map((line) => line.trim()))
        const long = [...lines].filter((line) => line.length >= 6)
        const told = (host: 'azure' | 'github', printed: string[]) =>
          printed.map((line) => commandsIn(host, line)[0]?.data)
        expect(told('github', github.mask(t))).toEqual(long)
        expect(told('azure', azure.mask(t))).toEqual(long)
      }),
    )
  })
})

it('the grammars find what the hosts would obey', () => {
  const rows = [
    ['github', '  ::set-env name=a::b'],
    ['github', 'x ##[add-path]/tmp'],
    ['github', 'x\r::error::y'],
    ['azure', 'x ##vso[task.setvariable variable=a]b'],
    ['azure', '#\u200B#vso[task.complete]'],
    ['gitlab', 'x section_start:1:a[collapsed=true]\r\u001B[0K'],
  ] as const
  for (const [host, printed] of rows) expect(commandsIn(host, printed)).toHaveLength(1)
})
