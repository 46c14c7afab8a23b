import { describe, expect, test } from 'vitest'
import { faultsOf, load, mainFields, sane, specPath as spec } from './project.ts'

const file = 'pipelines/brickrail.yml'
const withSpec = (fields: object) => JSON.stringify({ ...mainFields, ...fields })

const project = (variables: string, targets = '{ local: {} }'): string =>
  [
    'name: demo',
    `targets: ${targets}`,
    `variables: ${variables}`,
    'workspace: { path: "/Shared/${project.name}" }',
    'clusters: { Main: { spec: clusters/main.json } }',
    '',
  ].join('\n')

const specOf = async (...options: Parameters<typeof load>) =>
  sane(await load(...options)).desired.clusters[0]?.spec

describe('references', () => {
  test('a whole value keeps its type, a part becomes text', async () => {
    const fields = {
      num_workers: '${var.n}',
      custom_tags: { size: '${var.n} at ${workspace.path} for ${target.name}' },
    }
    const found = await specOf({ [file]: project('{ n: 3 }'), [spec]: withSpec(fields) })
    expect(found?.num_workers).toBe(3)
    expect(found?.custom_tags).toEqual({ size: '3 at /Shared/demo for local' })
  })

  const precedence: [targets: string, vars: Record<string, string>, value: number][] = [
    ['{ local: {} }', {}, 1],
    ['{ local: { variables: { n: 2 } } }', {}, 2],
    ['{ local: { variables: { n: 2 } } }', { n: '3' }, 3],
  ]
  test.each(precedence)('targets %s and --var %j give %i', async (targets, vars, value) => {
    const files = {
      [file]: project('{ n: { default: 1, description: workers } }', targets),
      [spec]: withSpec({ num_workers: '${var.n}' }),
    }
    expect((await specOf(files, { vars }))?.num_workers).toBe(value)
  })

  test('variables may refer to each other and to the environment', async () => {
    const files = {
      [file]: project('{ a: "${var.b}!", b: "${env.WHO}" }'),
      [spec]: withSpec({ cluster_name: '${var.a}' }),
    }
    expect((await specOf(files, { env: { WHO: 'x' } }))?.cluster_name).toBe('x!')
  })

  test('$${x} is the text ${x}, and other dollars are left alone', async () => {
    const vars = { A: '$${HOME}/x', B: '$PATH', C: '{{secrets/s/k}}' }
    const found = await specOf({ [spec]: withSpec({ spark_env_vars: vars }) })
    expect(found?.spark_env_vars).toEqual({ A: '${HOME}/x', B: '$PATH', C: '{{secrets/s/k}}' })
  })

  test('a value of a variable is not read as JSON or YAML', async () => {
    const files = {
      [file]: project('{ a: "x\\", \\"num_workers\\": 99, \\"y\\": \\"" }'),
      [spec]: withSpec({ cluster_name: '${var.a}' }),
    }
    const found = await specOf(files)
    expect(found?.cluster_name).toBe('x", "num_workers": 99, "y": "')
    expect(found?.num_workers).toBe(1)
  })
})

describe('CLUSTER_NAME', () => {
  test('stands for the key as a whole value, and is not touched elsewhere', async () => {
    const fields = {
      cluster_name: 'CLUSTER_NAME',
      custom_tags: { Name: 'CLUSTER_NAME', Note: 'MY_CLUSTER_NAME_2', CLUSTER_NAME: 'kept' },
    }
    const found = await specOf({ [spec]: withSpec(fields) })
    expect(found?.cluster_name).toBe('Main')
    expect(found?.custom_tags).toEqual({ Name: 'Main', Note: 'MY_CLUSTER_NAME_2', CLUSTER_NAME: 'kept' })
  })
})

const bad: [name: string, text: string, spec: object, faults: string[]][] = [
  [
    'an unknown name',
    project('{ size: 1 }'),
    { num_workers: '${var.siez}' },
    [`${spec}:1:84 unknown-reference: there is nothing called \${var.siez}`],
  ],
  [
    'an unknown kind of name, once for each value',
    project('{}').replace('/Shared/${project.name}', '/Shared/${projct.name}'),
    { custom_tags: { a: '${HOME}' } },
    [
      `${file}:4:20 unknown-reference: there is nothing called \${projct.name}`,
      `${spec}:1:134 unknown-reference: there is nothing called \${HOME}`,
    ],
  ],
  [
    'a variable without a value',
    project('{ n: { description: workers } }'),
    { num_workers: '${var.n}' },
    [`${spec}:1:84 variable-without-value: \${var.n} has no default and no value for this target`],
  ],
  [
    'a circle',
    project('{ a: "${var.b}", b: "${var.a}" }'),
    { cluster_name: '${var.a}' },
    [`${spec}:1:130 circular-reference: \${var.a} refers to itself`],
  ],
  [
    'another target: only the form is checked',
    project('{}', '{ local: {}, dev: { host: "${env.NOT_SET}" }, prod: { host: "${vra.x}" } }'),
    {},
    [`${file}:2:70 unknown-reference: there is nothing called \${vra.x}`],
  ],
  [
    'a variable of a target that nobody declared',
    project('{ size: 1 }', '{ local: { variables: { siez: 2 } } }'),
    {},
    [`${file}:2:34 unknown-variable: there is no variable «siez»`],
  ],
]

test.each(bad)('%s', async (_, text, fields, faults) => {
  expect(faultsOf(await load({ [file]: text, [spec]: withSpec(fields) }))).toEqual(faults)
})

test('--var of a variable that nobody declared', async () => {
  const loaded = await load({ [file]: project('{ size: 1 }') }, { vars: { siez: '2' } })
  expect(loaded.ok ? [] : loaded.faults).toEqual([
    {
      file,
      line: 3,
      column: 12,
      rule: 'unknown-variable',
      message: '--var siez: there is no variable «siez»',
      hint: 'did you mean «size»?',
    },
  ])
})

describe('environment', () => {
  const text = project('{}', '{ dev: { host: "${env.DATABRICKS_HOST}" } }')
  const values: [value: string | undefined, why: string][] = [
    [undefined, 'not set'],
    ['', 'empty'],
    ['  ', 'empty'],
    ['$(databricks_host)', 'the text $(databricks_host), which the CI did not replace'],
    ['${DATABRICKS_HOST}', 'the text ${DATABRICKS_HOST}, which the CI did not replace'],
    ['${{ secrets.HOST }}', 'the text ${{ secrets.HOST }}, which the CI did not replace'],
    ['$DATABRICKS_HOST', 'the text $DATABRICKS_HOST, which the CI did not replace'],
  ]
  test.each(values)('%j is %s', async (value, why) => {
    const loaded = await load({ [file]: text }, { env: { DATABRICKS_HOST: value } })
    expect(faultsOf(loaded)).toEqual([
      `${file}:2:25 env-not-set: the environment variable DATABRICKS_HOST is ${why}`,
    ])
  })
})
