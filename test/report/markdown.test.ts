import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  code,
  details,
  escapeMarkdown,
  joinBlocks,
  markdownTable,
  preformatted,
} from '../../src/report/markdown.ts'
import { outcomeMarkdown } from '../../src/report/outcome-markdown.ts'
import type { Outcome } from '../../src/report/outcome.ts'
import { planMarkdown } from '../../src/report/plan-markdown.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { clusterChange, filesChange, planOf } from './samples.ts'

const same = (text: string): string => text
const wide = { redact: same, limit: 1_000_000 }

describe('text of others', () => {
  const table: [string, string, string][] = [
    ['pipe and backtick', 'a|b `c`', 'a&#124;b &#96;c&#96;'],
    ['HTML', '<script>&', '&lt;script&gt;&amp;'],
    ['a mention', 'ask @ada', 'ask @&#8203;ada'],
    ['an issue and a merge request', 'see #12 and !7', 'see #&#8203;12 and !&#8203;7'],
    ['emphasis, links, lists', '*a* _b_ [c](d) ~e~', '\\*a\\* \\_b\\_ \\[c\\](d) \\~e\\~'],
    ['line breaks', 'a\r\n/close\n# b', 'a<br>/close<br># b'],
    ['a bare link', 'https://evil.example', 'https&#8203;://evil.example'],
    ['escape sequences', '\u001b[31mred\u001b[0m\u0000\u0085!', 'red  !'],
  ]
  it.each(table)('%s', (_name, text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected)
    expect(code(text)).toBe(`<code>${expected}</code>`)
  })

  it('never breaks out of its cell, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[|`<>@#!\n\r\\&*/]+$/)),
        (text) => {
          const escaped = escapeMarkdown(text)
          expect(escaped.replaceAll('<br>', '')).not.toMatch(/[|`<>\n\r]/)
          expect(escaped).not.toMatch(/@\w/)
        },
      ),
    )
  })

  it('keeps its columns, and starts no line with a slash', () => {
    expect(preformatted('a  b\n/close @ada <b>')).toBe('<pre>a  b\n&#47;close @ada &lt;b&gt;</pre>')
  })
})

it('tables and details', () => {
  expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |')
  expect(details('more', 'inside')).toBe('<details><summary>more</summary>\n\ninside\n\n</details>')
})

describe('size cap', () => {
  it('leaves whole blocks out and says how many', () => {
    const blocks = ['# head', 'x'.repeat(200), 'short', 'y'.repeat(200)]
    expect(joinBlocks(blocks, 120)).toBe(
      "# head\n\nshort\n\n_Shortened: 2 sections left out; the job's log has all of it._\n",
    )
  })

  it('is in bytes and never exceeded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300, unit: 'grapheme' })),
        fc.integer({ min: 100, max: 2000 }),
        (parts, limit) => {
          expect(Buffer.byteLength(joinBlocks(['head', ...parts], limit))).toBeLessThanOrEqual(limit)
        },
      ),
    )
  })

  it('keeps every table and details block of a large plan whole', () => {
    const clusters = Array.from({ length: 300 }, (_, index) =>
      clusterChange({
        name: `cluster-${index}`,
        action: 'edit',
        fields: Array.from({ length: 30 }, (_, at) => ({ path: `f${at}`, old: at, new: 'x'.repeat(500) })),
      }),
    )
    const text = planMarkdown(planOf({ clusters }), { redact: same, limit: 65_536 })
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536)
    expect(text.split('<details>')).toHaveLength(text.split('</details>').length)
    expect(text).toMatch(/_Shortened: \d+ sections left out/)
    expect(text).toContain('**Plan: 300 clusters to edit.**')
  })
})

describe('a plan', () => {
  const plan = planOf({
    clusters: [
      clusterChange({
        action: 'blue-green',
        restart: true,
        keepsId: false,
        hits: ['job «a|b» uses it'],
        fields: [{ path: 'spark_conf.x|y', old: 12345678901234567890n, new: '@ada' }],
        install: [{ pypi: { package: 'azure' } }],
      }),
      clusterChange({ name: 'Quiet' }),
    ],
    files: filesChange({ add: ['new.py'], delete: ['old.py'], unchanged: 7 }),
    warnings: ['runtime <6> is old'],
    refusals: [],
  })
  const text = planMarkdown(plan, wide)

  it.each([
    '### Brickrail plan: tesseract to dev',
    '**Plan: 1 cluster to replace, 1 library to install, 1 file to upload, 1 to delete.**',
    '- ⚠ runtime &lt;6&gt; is old',
    '| HelloCluster | replace (blue-green: the new one first) | yes | no | +1 -0 | job «a&#124;b» uses it |',
    '| <code>spark\\_conf.x&#124;y</code> | <code>12345678901234567890</code> | <code>"@&#8203;ada"</code> |',
    '| install | <code>pypi azure</code> |',
    '<details><summary>Files in /Shared/HelloWorkspace: 1 to add, 0 to update, 1 to delete, 7 unchanged</summary>',
    '| delete | <code>old.py</code> |',
  ])('shows %s', (line) => {
    expect(text.split('\n')).toContain(line)
  })

  it('leaves out what does not change', () => {
    expect(text).not.toContain('Quiet')
    expect(planMarkdown(planOf(), wide)).toBe(
      '### Brickrail plan: tesseract to dev\n\n**Nothing to do: the workspace is as declared.**\n',
    )
  })

  it('tells why it cannot be applied', () => {
    const refused = planOf({ refusals: [{ what: 'cluster X', owner: 'ada', hint: 'adopt it' }] })
    expect(planMarkdown(refused, wide)).toContain('- ❌ cluster X belongs to ada<br>adopt it')
  })

  it('never shows a secret, not even the first half of a shortened one', () => {
    const token = `dapi|${'0123456789abcdef'.repeat(40)}`
    const redactor = createRedactor()
    redactor.add(token)
    const field = { path: 'x', old: undefined, new: { token } }
    const secretPlan = planOf({
      clusters: [clusterChange({ action: 'edit', fields: [field], notes: [token] })],
    })
    const shown = planMarkdown(secretPlan, { redact: redactor.redact, limit: 60_000 })
    expect(shown).not.toContain('0123456789')
    expect(shown).toContain('- \\*\\*\\*')
  })
})

describe('an outcome', () => {
  const outcome = (part: Partial<Outcome>): Outcome => ({
    command: 'deploy',
    ok: true,
    exit: 0,
    warnings: [],
    ...part,
  })

  it('that went well', () => {
    expect(outcomeMarkdown(outcome({ text: 'Deployed #7\n/Shared/x' }), wide)).toBe(
      '### ✅ Brickrail deploy\n\n<pre>Deployed #7\n&#47;Shared/x</pre>\n',
    )
  })

  it('that failed, with faults, warnings and the plan', () => {
    const text = outcomeMarkdown(
      outcome({
        ok: false,
        exit: 2,
        plan: planOf(),
        warnings: [
          {
            message: 'unpinned',
            hint: 'pin it',
            file: 'libraries.yml',
            line: 4,
            column: 1,
            rule: 'unpinned',
          },
        ],
        failure: {
          code: 'CONFIG_INVALID',
          message: '1 fault(s)',
          hint: 'mend @it',
          faults: [{ file: 'a.yml', line: 1, column: 2, rule: 'unknown-key', message: 'bad', hint: 'good' }],
        },
      }),
      wide,
    )
    expect(text).toBe(
      [
        '### ❌ Brickrail deploy (exit 2)',
        '**error:** 1 fault(s)<br>**what to do:** mend @&#8203;it',
        '- a.yml:1:2: bad \\[unknown-key\\]<br>  good',
        '<details><summary>1 warning(s)</summary>\n\n- ⚠ libraries.yml:4: unpinned<br>pin it\n\n</details>',
        '**Nothing to do: the workspace is as declared.**\n',
      ].join('\n\n'),
    )
  })
})
