import { describe, expect, it } from 'vitest'
import { dotenv, outputsOf } from '../../src/report/outputs.ts'
import { createRedactor } from '../../src/report/redact.ts'

const redactor = createRedactor()
redactor.add('dapi0123456789')

describe('outputs of a result', () => {
  const table: [string, Record<string, unknown> | undefined, Record<string, string>][] = [
    ['none', undefined, {}],
    ['a deployment', { project: 'x', deployment: 7, changes: 3 }, { deployment: '7', changes: '3' }],
    ['nothing to do', { deployment: null, changes: 0 }, { deployment: '', changes: '0' }],
    ['changes of something else', { changes: 4, clusters: [] }, {}],
    [
      'of a command: scalars with proper names, on one line, without secrets',
      { outputs: { a_1: true, 'b-c': '1', '1d': '1', e: { f: 1 }, g: ' x \r\n y', h: 'is dapi0123456789' } },
      { a_1: 'true', g: ' x y', h: 'is ***' },
    ],
    ['outputs that are none', { outputs: 'x' }, {}],
  ]
  it.each(table)('%s', (_name, result, expected) => {
    expect(outputsOf(result === undefined ? {} : { result }, redactor.redact)).toEqual(expected)
  })
})

describe('dotenv', () => {
  const table: [string, Record<string, string>, string, string][] = [
    ['one line each, no empty one', { deployment: '7', b: '' }, '', 'BRICKRAIL_DEPLOYMENT=7\n'],
    [
      'of two commands the later value counts',
      { changes: '3' },
      'BRICKRAIL_DEPLOYMENT=7\nBRICKRAIL_CHANGES=a=b\r\n\n',
      'BRICKRAIL_DEPLOYMENT=7\nBRICKRAIL_CHANGES=3\n',
    ],
    ['an empty value removes the earlier one', { deployment: '' }, 'BRICKRAIL_DEPLOYMENT=7\nA=1\n', 'A=1\n'],
    ['others keep theirs', { a: '1' }, 'X=a=b\nnonsense\n=1\n', 'X=a=b\nBRICKRAIL_A=1\n'],
  ]
  it.each(table)('%s', (_name, outputs, before, expected) => {
    expect(dotenv(outputs, before)).toBe(expected)
  })
})
