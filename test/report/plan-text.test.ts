import { describe, expect, it } from 'vitest'

import type { Plan } from '../../src/plan/state.ts'
import { summaryLine } from '../../src/report/plan-summary.ts'
import { planText } from '../../src/report/plan-text.ts'
import { createRedactor } from '../../src/report/redact.ts'
import { clusterChange, filesChange, planOf } from './samples.ts'

const same = (text: string): string => text
const names = (n: number): string[] => Array.from({ length: n }, (_, index) => `file-${index}.py`)
const fiveLibraries = ['azure', 'googlemaps', 'python-tds', 'yfinance'].map((name) => ({
  pypi: { package: name },
}))

describe('the last line', () => {
  const table: [string, Partial<Plan>, string][] = [
    ['nothing', {}, 'Nothing to do: the workspace is as declared.'],
    [
      'nothing, though there are clusters and files',
      { clusters: [clusterChange()], files: filesChange({ unchanged: 3 }) },
      'Nothing to do: the workspace is as declared.',
    ],
    [
      'a first deployment',
      {
        clusters: [
          clusterChange({
            action: 'create',
            install: [...fiveLibraries, { cran: { package: 'tidyverse' } }],
          }),
        ],
        files: filesChange({ add: names(12) }),
      },
      'Plan: 1 cluster to create, 5 libraries to install, 12 files to upload, 0 to delete.',
    ],
    [
      'one of each',
      {
        clusters: [
          clusterChange({ action: 'resize' }),
          clusterChange({ action: 'edit', uninstall: [{ whl: 'dbfs:/a.whl' }] }),
          clusterChange({ action: 'blue-green' }),
          clusterChange({ action: 'recreate' }),
          clusterChange({ action: 'delete' }),
          clusterChange({ action: 'start' }),
        ],
        files: filesChange({ add: names(1), delete: names(2) }),
      },
      'Plan: 1 cluster to start, 1 cluster to resize, 1 cluster to edit, 2 clusters to replace, 1 cluster to delete, 1 library to uninstall, 1 file to upload, 2 to delete.',
    ],
    [
      'only a pin is missing',
      { steps: [{ do: 'cluster.pin', cluster: { key: 'a', id: '1' } }] },
      'Plan: no difference in what is declared, 1 step to do: pin cluster a.',
    ],
    [
      'only a wait is left',
      {
        steps: [
          { do: 'libraries.wait', cluster: { key: 'a', id: '1' }, libraries: [{ whl: 'dbfs:/a.whl' }] },
        ],
      },
      'Plan: no difference in what is declared, 1 step to do: wait for 1 library on a.',
    ],
    [
      'a dead run',
      { settles: true },
      'Plan: nothing to change; the record of a run that was killed will be closed.',
    ],
    [
      'something foreign in the way',
      { refusals: [{ what: 'cluster X', owner: 'ada', hint: 'adopt it' }] },
      'This plan cannot be applied: 1 obstacle, see above.',
    ],
  ]
  it.each(table)('%s', (_name, part, expected) => {
    expect(summaryLine(planOf(part))).toBe(expected)
    expect(planText(planOf(part), same).at(-1)).toBe(expected)
  })
})

describe('the lines', () => {
  const table: [string, Partial<Plan>, string[]][] = [
    [
      'an edit with its fields, hits and libraries',
      {
        clusters: [
          clusterChange({
            action: 'edit',
            id: '0923-164208-meows279',
            fields: [
              { path: 'num_workers', old: 1, new: 2 },
              { path: 'custom_tags.Team', old: undefined, new: 'ml' },
              { path: 'spark_conf', old: { a: 1n }, new: undefined },
              { path: 'id', old: 12345678901234567890n, new: null },
            ],
            restart: true,
            hits: ['2 active runs will fail'],
            install: [{ pypi: { package: 'azure', repo: 'https://pypi.example' } }],
            uninstall: [{ maven: { coordinates: 'a:b:1', exclusions: ['x:y'] } }],
            notes: ['cluster_source is read-only and left out'],
          }),
        ],
        steps: [
          {
            do: 'cluster.rewire-job',
            cluster: { key: 'HelloCluster', new: true },
            job: { job_id: 7n, name: 'train', tasks: [{ task_key: 'a' }, { task_key: 'b' }], whole: false },
          },
          { do: 'cluster.remove', cluster: { key: 'HelloCluster', id: 'old-1' }, why: 'it is replaced' },
          { do: 'cluster.remove', cluster: { key: 'Other', id: 'old-2' }, why: 'not of this cluster' },
        ],
      },
      [
        'Cluster HelloCluster (0923-164208-meows279): edit in place; restart: yes; id kept: yes',
        '  num_workers: 1 -> 2',
        '  custom_tags.Team: (not set) -> "ml"',
        '  spark_conf: {"a":1} -> (not set)',
        '  id: 12345678901234567890 -> null',
        '  hits: 2 active runs will fail',
        '  step: points job «train» (a, b) to the new cluster',
        '  step: removes cluster old-1: it is replaced',
        '  + library pypi azure from https://pypi.example',
        '  - library maven a:b:1 without x:y',
        '  note: cluster_source is read-only and left out',
      ],
    ],
    [
      'a new cluster has no old values',
      {
        clusters: [
          clusterChange({
            action: 'create',
            keepsId: false,
            fields: [{ path: 'num_workers', old: undefined, new: 1 }],
          }),
        ],
      },
      ['Cluster HelloCluster: create', '  num_workers: 1'],
    ],
    [
      'an unchanged cluster is left out, a note is not',
      { clusters: [clusterChange(), clusterChange({ name: 'Noted', notes: ['it is pinned'] })] },
      ['Cluster Noted: unchanged', '  note: it is pinned'],
    ],
    [
      'files by what happens to them, warnings last',
      {
        files: filesChange({ add: ['a'], update: ['b'], delete: ['c'], unchanged: 4 }),
        warnings: ['runtime 6.0 is past its end of support'],
      },
      [
        'Files in /Shared/HelloWorkspace (4 unchanged)',
        '  + a',
        '  ~ b',
        '  - c',
        'warning: runtime 6.0 is past its end of support',
      ],
    ],
    [
      'an obstacle and what to do',
      { refusals: [{ what: 'cluster X', owner: 'ada', hint: 'set adopt: true' }] },
      ['obstacle: cluster X belongs to ada', '  what to do: set adopt: true'],
    ],
    [
      'a name with a new line or an escape sequence stays in its place',
      { files: filesChange({ add: ['a\nPlan: 0', '\u001b[2Jb'] }) },
      ['Files in /Shared/HelloWorkspace (0 unchanged)', '  + a', '    Plan: 0', '  + b'],
    ],
  ]
  it.each(table)('%s', (_name, part, expected) => {
    expect(planText(planOf(part), same).slice(0, -1)).toEqual(expected)
  })

  it('are at most twenty of a group, and say how many more', () => {
    const lines = planText(planOf({ files: filesChange({ add: names(25), delete: names(20) }) }), same)
    expect(lines.filter((line) => line.startsWith('  + '))).toHaveLength(20)
    expect(lines).toContain('  … and 5 more')
    expect(lines.filter((line) => line.startsWith('  - '))).toHaveLength(20)
  })

  it('do not leave the first half of a long secret behind when a value is shortened', () => {
    const token = `dapi${'0123456789abcdef'.repeat(20)}`
    const redactor = createRedactor()
    redactor.add(token)
    const field = { path: 'spark_conf.token', old: 'x'.repeat(300), new: token }
    const lines = planText(
      planOf({ clusters: [clusterChange({ action: 'edit', fields: [field] })] }),
      redactor.redact,
    )
    expect(lines[1]).toBe(`  spark_conf.token: "${'x'.repeat(118)}… -> "***"`)
  })
})
