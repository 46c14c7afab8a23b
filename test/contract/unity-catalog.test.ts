/** A real workspace would need a catalog and a schema of its own for this, so it is skipped there. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Databricks } from '../../src/client/databricks.ts'
import { isMissing } from '../../src/http/api-error.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { open, real, refused } from './subject.ts'

const subject = await open()
const { client, setup, unique } = subject
const { unityCatalog: catalog } = client
const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }
const denied = { status: 403, errorCode: 'PERMISSION_DENIED' }

/** In a schema of its own, unless one is named; with that many versions. */
const make = async (versions = 0, schema_name = unique('schema')): Promise<string> => {
  const parts = { catalog_name: 'main', schema_name, name: unique('model') }
  const { full_name } = await catalog.createModel({ ...parts, comment: 'what it is' })
  for (let made = 0; made < versions; made += 1)
    await setup.unityCatalogMlflow.createVersion({
      name: full_name,
      source: 'dbfs:/m',
      run_id: `run-${made + 1}`,
    })
  return full_name
}

describe.skipIf(real)('models in Unity Catalog', () => {
  it('are made, shown, changed and deleted', async () => {
    const full_name = await make(1)
    const [catalog_name, schema_name, name] = full_name.split('.')
    const found = await catalog.getModel({ full_name })
    const { userName: me } = await setup.identity.me({})
    expect(found).toMatchObject({
      catalog_name,
      schema_name,
      name,
      full_name,
      owner: me,
      comment: 'what it is',
    })
    expect(found).toMatchObject({ created_by: me, updated_by: me, created_at: expect.any(Number) })
    expect(await catalog.updateModel({ full_name, comment: 'new' })).toMatchObject({
      comment: 'new',
      full_name,
    })
    await catalog.deleteModel({ full_name })
    for (const work of [
      () => catalog.getModel({ full_name }),
      () => catalog.getVersion({ full_name, version: 1 }),
      () => catalog.deleteModel({ full_name }),
    ])
      expect(isMissing(await refused(work()))).toBe(true)
  })

  it('have three parts in their names, and are there once', async () => {
    for (const name of ['', 'a.b', 'a b', 'a/b'])
      expect(
        await refused(catalog.createModel({ catalog_name: 'main', schema_name: 's', name })),
      ).toMatchObject(invalid)
    for (const full_name of ['model', 'schema.model'])
      expect((await refused(catalog.getModel({ full_name }))).apiMessage).toContain(
        'specify all three levels',
      )
    const [catalog_name = '', schema_name = '', name = ''] = (await make()).split('.')
    expect(await refused(catalog.createModel({ catalog_name, schema_name, name }))).toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    })
  })

  it('keep versions, aliases and owner when they are renamed', async () => {
    const full_name = await make(1)
    await catalog.setAlias({ full_name, alias: 'champion', version_num: 1 })
    const renamed = await catalog.updateModel({ full_name, new_name: 'other' })
    expect(renamed.full_name).toBe(full_name.replace(/[^.]+$/, 'other'))
    const found = await catalog.versionByAlias({ full_name: renamed.full_name, alias: 'champion' })
    expect(found).toMatchObject({ version: 1, model_name: 'other' })
    expect(isMissing(await refused(catalog.getModel({ full_name })))).toBe(true)
  })

  it('have numbers for versions, which are never used twice', async () => {
    const full_name = await make(3)
    expect(await catalog.getVersion({ full_name, version: 2 })).toMatchObject({
      version: 2,
      run_id: 'run-2',
      source: 'dbfs:/m',
      status: 'PENDING_REGISTRATION',
    })
    await catalog.deleteVersion({ full_name, version: 3 })
    await setup.unityCatalogMlflow.createVersion({ name: full_name, source: 'dbfs:/m' })
    const { model_versions: found = [] } = await catalog.listVersions({ full_name })
    expect(found.map(({ version }) => version)).toEqual([4, 2, 1])
    const changed = await catalog.updateVersion({ full_name, version: 4, comment: 'new' })
    expect(changed).toMatchObject({ version: 4, comment: 'new' })
  })

  it('come in pages, of which one may be empty and not the last', async () => {
    const full_name = await make(3)
    const [catalog_name, schema_name = ''] = full_name.split('.')
    for (const _ of [1, 2]) await make(0, schema_name)
    const sizes = async (
      list: (page: { page_token?: string }) => Promise<{ count: number; token?: string }>,
    ) => {
      const found: number[] = []
      for (let token: string | undefined; ;) {
        const page = await list(token === undefined ? {} : { page_token: token })
        found.push(page.count)
        if (page.token === undefined) return found
        token = page.token
      }
    }
    const ofPage = (items: unknown[] | undefined, token: string | undefined) =>
      token === undefined ? { count: items?.length ?? 0 } : { count: items?.length ?? 0, token }
    const versions = await sizes(async (page) => {
      const found = await catalog.listVersions({ full_name, max_results: 1, ...page })
      return ofPage(found.model_versions, found.next_page_token)
    })
    expect(versions).toEqual([1, 0, 1, 1])
    const models = await sizes(async (page) => {
      const asked = { catalog_name: catalog_name ?? '', schema_name, max_results: 2, ...page }
      const found = await catalog.listModels(asked)
      return ofPage(found.registered_models, found.next_page_token)
    })
    expect(models).toEqual([2, 0, 1])
  })

  it.each([{ max_results: -1 }, { page_token: 'garbage' }, { schema_name: 'alone' }])(
    'refuse %o',
    async (page) => {
      expect(await refused(catalog.listModels(page))).toMatchObject(invalid)
    },
  )
})

describe.skipIf(real)('aliases in Unity Catalog', () => {
  it('name one version each, and are shown when they are asked for', async () => {
    const full_name = await make(2)
    const alias = 'champion'
    await catalog.setAlias({ full_name, alias, version_num: 1 })
    const made = await catalog.setAlias({ full_name, alias, version_num: 2 })
    expect(made).toMatchObject({ alias_name: alias, version_num: 2 })
    expect(await catalog.getModel({ full_name })).not.toHaveProperty('aliases')
    const { aliases } = await catalog.getModel({ full_name, include_aliases: true })
    expect(aliases).toMatchObject([{ alias_name: alias, version_num: 2 }])
    const found = await catalog.versionByAlias({ full_name, alias, include_aliases: true })
    expect(found).toMatchObject({ version: 2, aliases: [{ alias_name: alias }] })
    expect(await catalog.getVersion({ full_name, version: 1, include_aliases: true })).not.toHaveProperty(
      'aliases',
    )
  })

  it('go with their version', async () => {
    const full_name = await make(1)
    await catalog.setAlias({ full_name, alias: 'champion', version_num: 1 })
    await catalog.deleteVersion({ full_name, version: 1 })
    expect(isMissing(await refused(catalog.versionByAlias({ full_name, alias: 'champion' })))).toBe(true)
    expect(await catalog.getModel({ full_name, include_aliases: true })).not.toHaveProperty('aliases')
  })

  it('need a version, and a name that is not reserved', async () => {
    const full_name = await make(1)
    expect(isMissing(await refused(catalog.setAlias({ full_name, alias: 'a', version_num: 9 })))).toBe(true)
    for (const alias of ['latest', 'v1', 'a.b'])
      expect(await refused(catalog.setAlias({ full_name, alias, version_num: 1 }))).toMatchObject(invalid)
    await catalog.setAlias({ full_name, alias: 'a', version_num: 1 })
    await catalog.deleteAlias({ full_name, alias: 'a' })
    expect(isMissing(await refused(catalog.deleteAlias({ full_name, alias: 'a' })))).toBe(true)
  })
})

describe.skipIf(real)('whoever does not own a model', () => {
  const user = 'reader@example.com'
  let as: Databricks
  beforeAll(async () => {
    await subject.control('principals', { user, token: user })
    as = await subject.as(user)
  })

  it('reads and tags it, and changes nothing else', async () => {
    const full_name = await make(1)
    const { unityCatalog: theirs, unityCatalogMlflow: more } = as
    expect(await theirs.getModel({ full_name })).toMatchObject({ full_name })
    await more.setVersionTag({ name: full_name, version: '1', key: 'Approval', value: 'yes' })
    for (const work of [
      () => theirs.setAlias({ full_name, alias: 'champion', version_num: 1 }),
      () => theirs.deleteAlias({ full_name, alias: 'champion' }),
      () => theirs.updateModel({ full_name, comment: 'x' }),
      () => theirs.deleteVersion({ full_name, version: 1 }),
      () => theirs.deleteModel({ full_name }),
      () => more.setAlias({ name: full_name, alias: 'champion', version: '1' }),
      () => more.createVersion({ name: full_name, source: 'dbfs:/m' }),
    ]) {
      const refusal = await refused(work())
      expect(refusal).toMatchObject(denied)
      expect(refusal.apiMessage).toContain(`${user} is not an owner of registered model '${full_name}'`)
    }
  })

  it('may, when it was given to them', async () => {
    const full_name = await make(1)
    expect((await catalog.updateModel({ full_name, owner: user })).owner).toBe(user)
    await as.unityCatalog.setAlias({ full_name, alias: 'champion', version_num: 1 })
    expect((await catalog.getModel({ full_name })).updated_by).toBe(user)
    const nobody = { full_name, owner: `${unique('nobody')}@example.com` }
    expect(isMissing(await refused(catalog.updateModel(nobody)))).toBe(true)
  })
})

exercisesEveryEndpointOf('unity-catalog', subject)
