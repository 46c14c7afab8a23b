import { beforeAll, expect, it } from 'vitest'
import type { RegistryAt } from './registry-at.ts'
import { refused } from './subject.ts'

const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

/** What a filter means, over three models and the three versions of the first one. `%` stands for their common name. */
const modelFilters: readonly [filter: string, found: string[]][] = [
  ["name LIKE '%'", ['a', 'b', 'c']],
  ["name = '~a'", ['a']],
  ["name != '~a' AND name LIKE '%'", ['b', 'c']],
  ["name IN ('~a', '~c')", ['a', 'c']],
  ["name LIKE '%' AND tags.team = 'x'", ['a']],
  ["name LIKE '%' AND tag.team != 'x'", ['b']],
  ["name LIKE '%' AND tags.`team` LIKE '_'", ['a', 'b']],
  ['name LIKE \'%\' and tags."team" = "y"', ['b']],
  ["name LIKE '%' AND tag.`mlflow.prompt.is_prompt` != 'true'", ['a', 'b', 'c']],
  ["name LIKE '%' AND tag.`mlflow.prompt.is_prompt` = 'true'", []],
  ["name = '~a' AND name = '~b'", []],
]

const versionFilters: readonly [filter: string, found: string[]][] = [
  ["name = '~a'", ['3', '2', '1']],
  ["name = '~a' AND version_number = 2", ['2']],
  ["name = '~a' AND version_number >= '2'", ['3', '2']],
  ["name = '~a' AND version_number != 2", ['3', '1']],
  ["name = '~a' AND run_id = 'run-1'", ['1']],
  ["name = '~a' AND run_id IN ('run-1', 'run-3')", ['3', '1']],
  ["name = '~a' AND source_path = 's3://bucket/2'", ['2']],
  ["name = '~a' AND source_path LIKE 's3://%'", ['3', '2', '1']],
  ["name = '~a' AND source_path ILIKE 'S3://BUCKET/3'", ['3']],
  ["name = '~a' AND tags.n = '2'", ['2']],
  ["name = '~a' AND tags.n != '2'", ['3', '1']],
  ["name = '~a' AND tags.other != 'x'", []],
  ["name = '~none'", []],
]

export const searchCases = ({ client, subject, model, version }: RegistryAt): void => {
  const names = { a: '', b: '', c: '' }
  let common = ''
  const filled = (filter: string): string =>
    filter
      .replace("'%'", `'${common}%'`)
      .replaceAll(/~(a|b|c)\b/g, (_, key: keyof typeof names) => names[key])
      .replace('~none', `${common}none`)
  const keyOf = (name: string) => Object.entries(names).find(([, known]) => known === name)?.[0]

  beforeAll(async () => {
    common = subject.unique('search')
    const make = async (key: keyof typeof names, team?: string) => {
      const made = await model(team === undefined ? {} : { tags: [{ key: 'team', value: team }] })
      names[key] = `${common}-${key}`
      await client.renameModel({ name: made, new_name: names[key] })
    }
    await make('a', 'x')
    await make('b', 'y')
    await make('c')
    for (const n of ['1', '2', '3'])
      await version(names.a, {
        source: `s3://bucket/${n}`,
        run_id: `run-${n}`,
        tags: [{ key: 'n', value: n }],
      })
  })

  it.each(modelFilters)('models by %s', async (filter, expected) => {
    const { registered_models: found = [] } = await client.searchModels({ filter: filled(filter) })
    expect(found.map(({ name }) => keyOf(name))).toEqual(expected)
  })

  it.each(versionFilters)('versions by %s', async (filter, expected) => {
    const asked = { filter: filled(filter), order_by: ['version_number DESC'], max_results: 100 }
    const { model_versions: found = [] } = await client.searchVersions(asked)
    expect(found.map((one) => one.version)).toEqual(expected)
  })

  it.each([
    "x = '1'",
    "name > 'a'",
    'name = a',
    "name = 'a' OR name = 'b'",
    "(name = 'a')",
    'name',
    "tags.t > '1'",
  ])('refuse models by %s', async (filter) => {
    expect(await refused(client.searchModels({ filter }))).toMatchObject(invalid)
  })

  it.each([
    "current_stage = 'Production'",
    "status = 'READY'",
    "version = '1'",
    "aliases = 'a'",
    'version_number = x',
  ])('refuse versions by %s', async (filter) => {
    expect(await refused(client.searchVersions({ filter, max_results: 10 }))).toMatchObject(invalid)
  })

  it.each([
    [['name DESC'], ['c', 'b', 'a']],
    [['name'], ['a', 'b', 'c']],
    [
      ['last_updated_timestamp ASC', 'name ASC'],
      ['b', 'c', 'a'],
    ],
    [
      ['timestamp DESC', 'name DESC'],
      ['a', 'c', 'b'],
    ],
  ])('order models by %o', async (order_by, expected) => {
    const found = await client.searchModels({ filter: filled("name LIKE '%'"), order_by })
    expect(found.registered_models?.map(({ name }) => keyOf(name))).toEqual(expected)
  })

  it('have the versions changed last first, unless an order is asked for', async () => {
    const ordered = async (order_by?: string[]) => {
      const asked = { filter: filled("name = '~a'"), max_results: 10 }
      const found = await client.searchVersions(order_by === undefined ? asked : { ...asked, order_by })
      return found.model_versions?.map((one) => one.version)
    }
    await client.updateVersion({ name: names.a, version: '1', description: 'changed' })
    expect(await ordered()).toEqual(['1', '3', '2'])
    expect(await ordered(['version_number ASC'])).toEqual(['1', '2', '3'])
    expect(await ordered(['creation_timestamp DESC', 'version_number DESC'])).toEqual(['3', '2', '1'])
  })

  it.each([['creation_timestamp'], ['nope'], ['name SIDEWAYS']])(
    'refuse to order models by %s',
    async (order) => {
      expect(await refused(client.searchModels({ order_by: [order] }))).toMatchObject(invalid)
    },
  )

  it('come in pages that are whole together', async () => {
    const filter = filled("name LIKE '%'")
    const first = await client.searchModels({ filter, max_results: 2 })
    expect(first.registered_models).toHaveLength(2)
    const page_token = first.next_page_token ?? ''
    const second = await client.searchModels({ filter, max_results: 2, page_token })
    expect(second.registered_models?.map(({ name }) => keyOf(name))).toEqual(['c'])
    const { client: all } = subject
    expect((await all.models(filter)).map(({ name }) => keyOf(name))).toEqual(['a', 'b', 'c'])
    expect(await all.versionsOf(names.a)).toHaveLength(3)
  })

  it.each([{ max_results: 1001 }, { page_token: 'garbage' }])('refuse %o', async (page) => {
    expect(await refused(client.searchModels(page))).toMatchObject(invalid)
  })
  it.each([0, 200_001])('refuse %s versions a page', async (max_results) => {
    expect(await refused(client.searchVersions({ max_results }))).toMatchObject(invalid)
  })
}
