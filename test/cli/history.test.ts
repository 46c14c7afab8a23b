import { describe, expect, it } from 'vitest'
import { historyTable } from '../../src/cli/history.ts'
import type { DeploymentRecord } from '../../src/ledger/record.ts'

const record = (fields: Partial<DeploymentRecord>, commit?: string): DeploymentRecord => ({
  version: 1,
  number: 1,
  status: 'done',
  command: 'deploy',
  owner: { id: 'x', actor: 'ada', machine: 'm', pid: 1, ...(commit === undefined ? {} : { commit }) },
  startedAt: '2026-11-21T10:00:00.000Z',
  beatAt: '2026-11-21T10:00:00.000Z',
  ttlSeconds: 60,
  endedAt: '2026-11-21T10:00:05.000Z',
  summary: [],
  touches: [],
  ...fields,
})

const lastColumn = (one: DeploymentRecord): string | undefined =>
  historyTable('dev', [one]).split('\n').at(-1)?.split(/ {2,}/).at(-1)

describe('history', () => {
  it('tells a deployment of any size by counts', () => {
    const summary = [
      'build package tesseract 1.0+gabc and upload it',
      'create cluster Main',
      'install 5 libraries on Main',
      'make 1 folder',
      'upload 12 files to /Shared/Sample',
      'upload 3 files of app model',
      'point app model to version 0123456789abcdef',
      'write the manifest of app plain',
      'delete 2 stale files',
      'delete dbfs:/datalake/code/model/versions/0/ of app model',
      'create job train',
      'create job search',
      'set permissions of job train',
      'remove cluster Old (1): no longer declared',
    ]
    expect(lastColumn(record({ summary }))).toBe(
      'build 1 package, create 1 cluster, install 5 libraries, make 1 folder, upload 15 files, point 1 app, write 1 manifest, delete 2 files, delete 1 path, create 2 jobs, set 1 permission, remove 1 cluster',
    )
  })

  it('tells a failure in one short line', () => {
    const failure = { code: 'X', message: `${'word '.repeat(60)}\nmore` }
    const told = lastColumn(record({ status: 'failed', failure, summary: ['create job a'] }))
    expect([told?.length, told?.endsWith('…')]).toEqual([161, true])
  })

  it.each([
    ['0123456789abcdef', '01234567'],
    ['(initial)+changes', '-'],
    [undefined, '-'],
  ])('shows the commit %s as %s', (commit, shown) => {
    const line = historyTable('dev', [record({ summary: ['create job a'] }, commit)])
      .split('\n')
      .at(-1)
    expect(line?.split(/ {2,}/).at(-2)).toBe(shown)
  })
})
