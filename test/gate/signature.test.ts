import { describe, expect, it } from 'vitest'
import { readSignature } from '../../src/gate/signature-schema.ts'
import type { SignatureInfo } from '../../src/plan/state-evidence.ts'
import { answerOf, ev, inputs, only, outputs, resultOf, type Change } from './sample.ts'

/** As MLflow 3 writes them. */
const texts = {
  columns:
    '[{"type": "double", "name": "a", "required": true}, {"type": "string", "name": "b", "required": false}]',
  old: '[{"name": "a", "type": "double"}]',
  unnamed: '[{"type": "double", "required": true}]',
  image: '[{"name": "img", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}]',
  nested:
    '[{"type": "array", "items": {"type": "string"}, "name": "arr", "required": true}, {"type": "object", "properties": {"x": {"type": "long", "required": true}, "y": {"type": "string", "required": false}}, "name": "o", "required": true}, {"type": "map", "values": {"type": "long"}, "name": "m", "required": true}, {"type": "any", "name": "any", "required": true}]',
  params:
    '[{"name": "t", "default": 0.1, "shape": null, "type": "double"}, {"name": "v", "default": [1], "shape": [-1], "type": "long"}]',
}

const candidate =
  (signature: SignatureInfo | undefined): Change =>
  (s) => {
    only(s, { signature: { required: true, inputExample: false } })
    if (signature) ev(s).signature = signature
    else delete ev(s).signature
  }

describe('present', () => {
  const rows: [string, SignatureInfo | undefined, string][] = [
    ['columns', { inputs: texts.columns, outputs: texts.unnamed }, 'passed'],
    ['tensors', { inputs: texts.image, outputs }, 'passed'],
    ['everything that MLflow has', { inputs: texts.nested, outputs, params: texts.params }, 'passed'],
    ['parameters that are null', { inputs, outputs, params: 'null' }, 'passed'],
    ['nothing', undefined, 'failed NO_SIGNATURE'],
    ['an empty one', {}, 'failed NO_INPUTS'],
    ['null', { inputs: 'null', outputs }, 'failed NO_INPUTS'],
    ['an empty list', { inputs: '[]', outputs }, 'failed NO_INPUTS'],
    ['no outputs', { inputs }, 'failed NO_OUTPUTS'],
    ...[
      '',
      '{',
      '{}',
      '"a"',
      '[1]',
      '[{}]',
      '[{"name": "a"}]',
      '[{"name": 1, "type": "long"}]',
      '[{"name": "a", "type": 1}]',
      '[{"type": "tensor"}]',
      '[{"type": "array", "name": "a"}]',
      '[{"type": "constructor", "name": "a"}, {"name": "a", "type": "long"}]',
      '[[]]',
    ].map((broken): [string, SignatureInfo, string] => [
      `broken: ${broken}`,
      { inputs: broken, outputs },
      'failed UNREADABLE_SIGNATURE',
    ]),
    ['broken parameters', { inputs, outputs, params: '[{}]' }, 'failed UNREADABLE_SIGNATURE'],
  ]
  it.each(rows)('%s', (_about, signature, answer) => {
    expect(answerOf('signature.present', candidate(signature))).toBe(answer)
  })

  it('is not asked unless it is required', () => {
    expect(answerOf('signature.present', (s) => only(s, {}))).toBe('none')
  })
})

it('reads what MLflow writes', () => {
  expect(readSignature({ inputs: texts.columns, outputs: texts.unnamed, params: texts.params })).toEqual({
    inputs: [
      { name: 'a', type: 'double', required: true },
      { name: 'b', type: 'string', required: false },
    ],
    outputs: [{ name: '#0', type: 'double', required: true }],
    params: [
      { name: 't', type: 'double', required: true },
      { name: 'v', type: 'long {"shape":[-1]}', required: true },
    ],
  })
})

const column = (name: string | undefined, type: string, required?: boolean): object => ({
  type,
  ...(name === undefined ? {} : { name }),
  ...(required === undefined ? {} : { required }),
})
const tensor = (dtype: string, shape: number[], name?: string): object => ({
  ...(name === undefined ? {} : { name }),
  type: 'tensor',
  'tensor-spec': { dtype, shape },
})

type Side = { in?: object[]; out?: object[]; params?: object[] }

const info = ({
  in: ins = [column('a', 'double')],
  out = [column('y', 'double')],
  params,
}: Side): SignatureInfo => ({
  inputs: JSON.stringify(ins),
  outputs: JSON.stringify(out),
  ...(params && { params: JSON.stringify(params) }),
})

const [a, b] = [column('a', 'double'), column('b', 'long')]
const optional = column('b', 'long', false)
const [t, u] = [
  { name: 't', type: 'double', default: 1, shape: null },
  { name: 'u', type: 'long', default: 1 },
]

const compatible: [about: string, champion: Side, candidate: Side, answer: string][] = [
  ['the same', {}, {}, 'passed'],
  ['in another order', { in: [a, b] }, { in: [b, a] }, 'passed'],
  [
    'required is what MLflow meant before it said so',
    { in: [a] },
    { in: [column('a', 'double', true)] },
    'passed',
  ],
  ['a new optional input', { in: [a] }, { in: [a, optional] }, 'passed'],
  ['a new required input', { in: [a] }, { in: [a, b] }, 'failed NEW_REQUIRED_INPUT'],
  ['an input less', { in: [a, b] }, { in: [a] }, 'failed INPUT_REMOVED'],
  ['an optional input less', { in: [a, optional] }, { in: [a] }, 'failed INPUT_REMOVED'],
  ['a name in other letters', { in: [a] }, { in: [column('A', 'double')] }, 'failed INPUT_REMOVED'],
  ['another type', { in: [a] }, { in: [column('a', 'float')] }, 'failed INPUT_CHANGED'],
  ['a wider type', { in: [b] }, { in: [column('b', 'double')] }, 'failed INPUT_CHANGED'],
  ['no longer needed', { in: [a, b] }, { in: [a, optional] }, 'passed'],
  ['needed from now on', { in: [a, optional] }, { in: [a, b] }, 'failed INPUT_NOW_REQUIRED'],
  ['by position', { in: [column(undefined, 'double')] }, { in: [column(undefined, 'double')] }, 'passed'],
  [
    'positions exchanged',
    { in: [column(undefined, 'double'), column(undefined, 'long')] },
    { in: [column(undefined, 'long'), column(undefined, 'double')] },
    'failed INPUT_CHANGED',
  ],
  ['named from now on', { in: [column(undefined, 'double')] }, { in: [a] }, 'failed INPUT_REMOVED'],
  ['a tensor', { in: [tensor('float32', [-1, 28])] }, { in: [tensor('float32', [-1, 28])] }, 'passed'],
  [
    'of another shape',
    { in: [tensor('float32', [-1, 28])] },
    { in: [tensor('float32', [-1, 29])] },
    'failed INPUT_CHANGED',
  ],
  [
    'of another type',
    { in: [tensor('float32', [-1])] },
    { in: [tensor('float64', [-1])] },
    'failed INPUT_CHANGED',
  ],
  [
    'of another rank',
    { in: [tensor('float32', [-1])] },
    { in: [tensor('float32', [-1, 1])] },
    'failed INPUT_CHANGED',
  ],
  ['a column that was a tensor', { in: [tensor('float64', [-1], 'a')] }, { in: [a] }, 'failed INPUT_CHANGED'],
  [
    'keys in another order',
    {
      in: [
        {
          name: 'o',
          type: 'object',
          properties: { x: { type: 'long', required: true }, y: { type: 'long' } },
        },
      ],
    },
    {
      in: [
        {
          type: 'object',
          properties: { y: { type: 'long' }, x: { required: true, type: 'long' } },
          name: 'o',
        },
      ],
    },
    'passed',
  ],
  [
    'an array of something else',
    { in: [{ name: 'o', type: 'array', items: { type: 'long' } }] },
    { in: [{ name: 'o', type: 'array', items: { type: 'string' } }] },
    'failed INPUT_CHANGED',
  ],
  [
    'a map of something else',
    { in: [{ name: 'o', type: 'map', values: { type: 'long' } }] },
    { in: [{ name: 'o', type: 'map', values: { type: 'string' } }] },
    'failed INPUT_CHANGED',
  ],
  ['a new output', { out: [a] }, { out: [a, b] }, 'passed'],
  ['a new output in front, by name', { out: [a] }, { out: [b, a] }, 'passed'],
  ['an output less', { out: [a, b] }, { out: [a] }, 'failed OUTPUT_REMOVED'],
  ['an output of another type', { out: [a] }, { out: [column('a', 'string')] }, 'failed OUTPUT_CHANGED'],
  ['an output that may be missing', { out: [a, b] }, { out: [a, optional] }, 'failed OUTPUT_NOW_OPTIONAL'],
  ['an output that always comes now', { out: [a, optional] }, { out: [a, b] }, 'passed'],
  ['a champion without outputs', { out: [] }, { out: [a] }, 'passed'],
  ['a new parameter', { params: [t] }, { params: [t, u] }, 'passed'],
  ['another default', { params: [t] }, { params: [{ ...t, default: 2 }] }, 'passed'],
  ['a parameter less', { params: [t, u] }, { params: [t] }, 'failed PARAM_REMOVED'],
  ['no parameters any more', { params: [t] }, {}, 'failed PARAM_REMOVED'],
  [
    'a parameter of another type',
    { params: [u] },
    { params: [{ ...u, type: 'string' }] },
    'failed PARAM_CHANGED',
  ],
  [
    'a parameter that is a list now',
    { params: [t] },
    { params: [{ ...t, shape: [-1] }] },
    'failed PARAM_CHANGED',
  ],
]

describe('compatible with the champion', () => {
  const check = 'signature.compatible'
  it.each(compatible)('%s', (_about, champion, now, answer) => {
    const found = answerOf(check, (s) => {
      ev(s).championSignature = info(champion)
      ev(s).signature = info(now)
    })
    expect(found).toBe(answer)
  })

  it.each([
    [
      'no champion yet',
      'skipped',
      (s) => {
        delete ev(s).champion
        delete ev(s).championSignature
        s.moment.holders.production = []
      },
    ],
    [
      'a champion that has come since',
      'failed NO_CHAMPION_SIGNATURE',
      (s) => {
        delete ev(s).champion
        delete ev(s).championSignature
      },
    ],
    [
      'a champion whose signature is broken',
      'failed UNREADABLE_SIGNATURE',
      (s) => void (ev(s).championSignature = { inputs: '[' }),
    ],
    ['a model without one', 'failed NO_SIGNATURE', (s) => delete ev(s).signature],
    ['not asked', 'none', (s) => delete s.policy.checks.signature?.compatibleWith],
  ] satisfies [string, string, Change][])('%s: %s', (_about, answer, change) => {
    expect(answerOf(check, change)).toBe(answer)
  })

  it('names the column', () => {
    const found = resultOf(check, (s) => {
      ev(s).championSignature = info({ in: [a, b] })
      ev(s).signature = info({ in: [a, column('b', 'string')] })
    })
    expect(found.why).toBe('input b was long and is string')
  })
})

it.each([
  ['there', true, 'passed'],
  ['none', false, 'failed NO_INPUT_EXAMPLE'],
  ['not known', undefined, 'failed NO_INPUT_EXAMPLE'],
])('an input example: %s', (_about, there, answer) => {
  const found = answerOf('signature.input-example', (s) => {
    if (there === undefined) delete ev(s).inputExample
    else ev(s).inputExample = there
  })
  expect(found).toBe(answer)
})
