import { describe, expect, it } from 'vitest'
import { log as azure } from '../../src/host/azure/log.ts'
import { log as github } from '../../src/host/github/log.ts'
import { log as gitlab } from '../../src/host/gitlab/log.ts'
import type { Annotation, HostLog } from '../../src/host/host.ts'
import { log as local } from '../../src/host/local/log.ts'

const at = Date.parse('2026-11-21T12:00:00.900Z')
const seconds = '1795262400'

const note = (part: Partial<Annotation> = {}): Annotation => ({
  level: 'error',
  text: 'no such key',
  ...part,
})
const place = { file: 'pipelines/a.yml', line: 3, column: 5 }

describe('sections', () => {
  const table: [string, HostLog, string, string][] = [
    [
      'gitlab',
      gitlab,
      `\u001B[0Ksection_start:${seconds}:steps-of-x.1\r\u001B[0KSteps 1/2`,
      `\u001B[0Ksection_end:${seconds}:steps-of-x.1\r\u001B[0K`,
    ],
    ['azure', azure, '##[group]Steps 1/2', '##[endgroup]'],
    ['github', github, '::group::Steps 1/2', '::endgroup::'],
    ['local', local, '', ''],
  ]
  it.each(table)('%s', (_name, log, open, close) => {
    expect(log.open('Steps of:x.1', 'Steps\n1/2', at)).toBe(open)
    expect(log.close('Steps of:x.1', at)).toBe(close)
  })
})

describe('annotations', () => {
  const table: [string, HostLog, Annotation, string[]][] = [
    ['github', github, note(), ['::error::no such key']],
    [
      'github, with a place and a title',
      github,
      note({ ...place, title: 'a: b, 100%' }),
      ['::error file=pipelines/a.yml,line=3,col=5,title=a%3A b%2C 100%25::no such key'],
    ],
    ['github, lines', github, note({ text: '50%\r\nx', level: 'warning' }), ['::warning::50%25%0Ax']],
    [
      'github, a whole file',
      github,
      note({ level: 'notice', file: 'a,b' }),
      ['::notice file=a%2Cb::no such key'],
    ],
    ['azure', azure, note(), ['##vso[task.logissue type=error]no such key']],
    [
      'azure, with a place and a title',
      azure,
      note({ ...place, file: 'a;b]', title: 'unknown-key' }),
      [
        '##vso[task.logissue type=error;sourcepath=a%3Bb%5D;linenumber=3;columnnumber=5]unknown-key: no such key',
      ],
    ],
    [
      'azure, lines',
      azure,
      note({ text: '50%\r\nx;]', level: 'warning' }),
      ['##vso[task.logissue type=warning]50%AZP25%0Ax%3B%5D'],
    ],
    ['azure has no notices', azure, note({ level: 'notice' }), []],
    ['gitlab has none', gitlab, note(place), []],
    ['local', local, note(place), []],
  ]
  it.each(table)('%s', (_name, log, annotation, lines) => {
    expect(log.annotate(annotation)).toEqual(lines)
  })
})

describe('masks', () => {
  const key = '-----BEGIN KEY-----\r\nabc%def\n\nxy\nabc%def\n'
  const table: [string, HostLog, string, string[]][] = [
    ['github', github, 'dapi0123', ['::add-mask::dapi0123']],
    ['github, line by line', github, key, ['::add-mask::-----BEGIN KEY-----', '::add-mask::abc%25def']],
    ['azure', azure, 'a;b]c%d', ['##vso[task.setsecret]a%3Bb%5Dc%AZP25d']],
    [
      'azure, line by line',
      azure,
      key,
      ['##vso[task.setsecret]-----BEGIN KEY-----', '##vso[task.setsecret]abc%AZP25def'],
    ],
    ['too short to be hidden', github, 'dev', []],
    ['gitlab cannot', gitlab, 'dapi0123', []],
    ['local', local, 'dapi0123', []],
  ]
  it.each(table)('%s', (_name, log, secret, lines) => {
    expect(log.mask(secret)).toEqual(lines)
  })
})
