import * as fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/report/events.ts'
import { junit } from '../../src/report/junit.ts'
import { createCollector } from '../../src/report/outcome.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { createTaskRecorder } from '../../src/report/run-record.ts'
import { failure, secret } from './runs.ts'

const reportOf = (events: readonly Event[], exit: number): string => {
  const { collect, outcome } = createCollector('deploy')
  const recorder = createTaskRecorder()
  for (const event of events) {
    collect(event)
    recorder.note(event)
  }
  const redactor = createRedactor()
  redactor.add(secret)
  const startedAt = Date.parse('2026-11-21T12:00:00Z')
  const times = { startedAt, endedAt: startedAt + 9000 }
  return junit({ outcome: outcome(exit), tasks: recorder.tasks(), ...times }, redactor.redact)
}

const at = Date.parse('2026-11-21T12:00:00Z')
const started = (id: string, title: string): Event => ({ type: 'task', state: 'started', id, title, at })

interface Case {
  '@name': string
  '@classname': string
  failure?: { '@message': string; '#text': string }
}

const parse = (xml: string) => {
  expect(XMLValidator.validate(xml)).toBe(true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => name === 'testcase',
  })
  const { testsuite } = (
    parser.parse(xml) as { testsuites: { testsuite: { testcase: Case[]; 'system-out'?: string } } }
  ).testsuites
  return testsuite
}

it('a run that was well', () => {
  expect(reportOf([started('a', 'Upload files'), { type: 'task', state: 'done', id: 'a', at: at + 1500 }], 0))
    .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="brickrail deploy" tests="2" failures="0" errors="0" skipped="0" time="9.000">
  <testsuite name="brickrail deploy" tests="2" failures="0" errors="0" skipped="0" time="9.000" timestamp="2026-11-21T12:00:00">
    <testcase classname="brickrail.deploy" name="Upload files" time="1.500"/>
    <testcase classname="brickrail.deploy" name="brickrail deploy" time="9.000"/>
  </testsuite>
</testsuites>
`)
})

it('a run that failed: the step, the faults, the run; warnings are its output', () => {
  const xml = reportOf(
    [
      started('a', 'true'),
      started('b', 'Start <HelloCluster>'),
      { type: 'notice', level: 'warning', text: 'old runtime', hint: 'take 15.4' },
      { type: 'task', state: 'failed', id: 'b', detail: 'no & quota\nsee "docs"', at: at + 2000 },
      failure,
    ],
    2,
  )
  expect(xml).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="brickrail deploy" tests="5" failures="4" errors="0" skipped="1" time="9.000">
  <testsuite name="brickrail deploy" tests="5" failures="4" errors="0" skipped="1" time="9.000" timestamp="2026-11-21T12:00:00">
    <testcase classname="brickrail.deploy" name="Start &lt;HelloCluster&gt;" time="2.000">
      <failure message="no &amp; quota" type="step">no &amp; quota
see &quot;docs&quot;</failure>
    </testcase>
    <testcase classname="brickrail.deploy" name="true" time="9.000">
      <skipped message="not finished when the run ended"/>
    </testcase>
    <testcase classname="brickrail.yml" name="unknown-key at brickrail.yml:3:5" time="0.000" file="brickrail.yml" line="3">
      <failure message="unknown key «clster»" type="unknown-key">brickrail.yml:3:5: unknown key «clster» [unknown-key]
  did you mean «cluster»?</failure>
    </testcase>
    <testcase classname="clusters/a.json" name="missing-file at clusters/a.json" time="0.000" file="clusters/a.json">
      <failure message="there is no such file" type="missing-file">clusters/a.json: there is no such file [missing-file]</failure>
    </testcase>
    <testcase classname="brickrail.deploy" name="brickrail deploy" time="9.000">
      <failure message="2 fault(s)" type="CONFIG_INVALID">2 fault(s)
in files
what to do: mend them</failure>
    </testcase>
    <system-out>warning: old runtime
  what to do: take 15.4</system-out>
  </testsuite>
</testsuites>
`)
})

describe('whatever the texts are', () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ']]>',
          '<!--',
          '&',
          '"',
          "'",
          '\u0000',
          '\u001B[31m',
          '\uFFFE',
          '\uD800',
          '\n',
          '\r',
          secret,
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''))

  it('the report is well-formed XML of allowed characters, and every case is there', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const fault = { file: a, line: 1, column: 1, rule: b, message: a, hint: b }
        const events: Event[] = [
          started('x', a),
          { type: 'warning', fault },
          { type: 'task', state: 'failed', id: 'x', detail: b, at },
          { ...failure, message: a, hint: b, faults: [fault, fault] },
        ]
        const xml = reportOf(events, 2)
        expect(xml).not.toContain(secret)
        expect(xml).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u)
        const cases = parse(xml).testcase
        expect(cases).toHaveLength(4)
        expect(new Set(cases.map((one) => `${one['@classname']} ${one['@name']}`)).size).toBe(4)
        expect(cases.filter(({ failure: failed }) => failed !== undefined)).toHaveLength(4)
      }),
    )
  })

  it('a secret does not come together when what is in its middle is taken out', () => {
    const split = `${secret.slice(0, 8)}\u0001${secret.slice(8)}`
    const { testcase } = parse(reportOf([{ ...failure, message: split, faults: [] }], 4))
    expect(testcase[0]?.failure?.['@message']).toBe('***')
  })
})
