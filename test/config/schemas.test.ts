import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonSchemas } from '../../src/config/json-schema.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const schemas = jsonSchemas()
const validates = (schema: string, value: unknown): boolean =>
  new Ajv({ allowUnionTypes: true }).validate(schemas[schema] ?? false, value)

describe('the committed schemas', () => {
  test.each(Object.keys(schemas))('%s is what the code generates (npm run schemas)', (name) => {
    expect(JSON.parse(read(`schemas/${name}`))).toEqual(schemas[name])
  })
})

const good: [schema: string, file: string][] = [
  ['brickrail.schema.json', 'pipelines/brickrail.yml'],
  ['libraries.schema.json', 'pipelines/libraries/hello-cluster.yml'],
  ['cluster.schema.json', 'pipelines/clusters/hello-cluster.json'],
  ['cluster.schema.json', 'pipelines/clusters/mlops-tiny-ml.json'],
]
test.each(good)('%s takes %s', (schema, file) => {
  expect(validates(schema, parse(read(file)))).toBe(true)
})

test('editors find the schema of the sample', () => {
  expect(read('pipelines/brickrail.yml').split('\n')[0]).toBe(
    '# yaml-language-server: $schema=../schemas/brickrail.schema.json',
  )
})

const cases: [schema: string, value: unknown, valid: boolean][] = [
  ['brickrail.schema.json', { name: 'x' }, true],
  ['brickrail.schema.json', {}, false],
  ['brickrail.schema.json', { name: 'X' }, false],
  ['brickrail.schema.json', { name: 'x', clusterz: {} }, false],
  ['brickrail.schema.json', { name: 'x', clusters: [] }, false],
  ['brickrail.schema.json', { name: 'x', clusters: { A: { spec: 'a', strategy: 'fast' } } }, false],
  ['brickrail.schema.json', { name: 'x', targets: { a: { clusters: { A: null } } } }, true],
  ['brickrail.schema.json', { name: 'x', targets: { a: { clusters: { A: { sepc: 'a' } } } } }, false],
  ['libraries.schema.json', { pypi: ['a', { package: 'b', repo: 'c' }] }, true],
  ['libraries.schema.json', { egg: [] }, false],
  ['libraries.schema.json', { pypi: [{ name: 'b' }] }, false],
  ['cluster.schema.json', { num_workers: '${var.n}', autoscale: null }, true],
  ['cluster.schema.json', { num_workers: '1' }, false],
  ['cluster.schema.json', { num_worker: 1 }, false],
  ['cluster.schema.json', { aws_attributes: { availability: 'SPOT' } }, true],
  ['cluster.schema.json', { aws_attributes: { availability: 'CHEAP' } }, false],
  ['cluster.schema.json', { spark_conf: { a: 1 } }, false],
  ['cluster.schema.json', { cluster_log_conf: { dbfs: {} } }, false],
]
test.each(cases)('%s: %j is valid: %s', (schema, value, valid) => {
  expect(validates(schema, value)).toBe(valid)
})
