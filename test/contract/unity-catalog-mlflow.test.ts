/** As MLflow's client speaks to Unity Catalog. A real workspace would need a catalog of its own, so it is skipped there. */
import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { open, real, refused } from './subject.ts'

const subject = await open()
const { client, setup, unique } = subject
const { unityCatalogMlflow: catalog } = client
const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

const newName = () => `main.default.${unique('model')}`
const make = async (versions = 0): Promise<string> => {
  const name = newName()
  await setup.unityCatalogMlflow.createModel({ name })
  for (let made = 0; made < versions; made += 1)
    await setup.unityCatalogMlflow.createVersion({ name, source: 'dbfs:/m', run_id: `${name}-${made + 1}` })
  return name
}

const put = async (name: string, version: string, path: string) => {
  const at = ['Models', ...name.split('.'), version, path].join('/')
  await setup.mlflow.modelFiles.upload({ path: at, content: Buffer.from('flavors: {}') })
}

describe.skipIf(real)('models in Unity Catalog, for MLflow', () => {
  it('have descriptions, tags and a job, which come back', async () => {
    const name = newName()
    const tags = [{ key: 'owner', value: 'risk' }]
    const made = await catalog.createModel({ name, description: 'what it is', tags, deployment_job_id: '7' })
    expect(made.registered_model).toMatchObject({
      name,
      description: 'what it is',
      tags,
      deployment_job_id: '7',
    })
    await catalog.setModelTag({ name, key: 'k', value: 'v' })
    await catalog.deleteModelTag({ name, key: 'owner' })
    await catalog.updateModel({ name, description: 'new' })
    const { registered_model: found } = await catalog.getModel({ name })
    expect(found).toMatchObject({
      description: 'new',
      tags: [{ key: 'k', value: 'v' }],
      deployment_job_id: '7',
    })
    await catalog.deleteModel({ name })
    expect(isMissing(await refused(catalog.getModel({ name })))).toBe(true)
  })

  it.each([
    ['model', 'specify all three levels'],
    ['schema.model', 'specify all three levels'],
    ['a.b.c.d', 'specify all three levels'],
    ['a..c', 'name'],
    ['', 'name'],
  ])('are not called «%s»', async (name, message) => {
    const refusal = await refused(catalog.createModel({ name }))
    expect(refusal).toMatchObject(invalid)
    expect(refusal.apiMessage).toContain(message)
  })

  it('are searched without filter, in pages', async () => {
    const names = [await make(), await make()]
    const found: string[] = []
    for (let token: string | undefined; ;) {
      const page = await catalog.searchModels({ max_results: 1, ...(token ? { page_token: token } : {}) })
      found.push(...(page.registered_models ?? []).map(({ name }) => name))
      token = page.next_page_token
      if (!token) break
    }
    expect(found).toEqual(expect.arrayContaining(names))
  })

  it('are renamed with all that belongs to them, their files too', async () => {
    const name = await make(1)
    await put(name, '1', 'MLmodel')
    await catalog.setAlias({ name, alias: 'champion', version: '1' })
    const other = newName()
    const { registered_model: renamed } = await catalog.updateModel({ name, new_name: other })
    expect(renamed).toMatchObject({ name: other, aliases: [{ alias: 'champion', version: '1' }] })
    const path = (await catalog.downloadUri({ name: other, version: '1' })).artifact_uri.slice(1)
    const { contents } = await setup.mlflow.modelFiles.list({ path })
    expect(contents?.map((entry) => entry.name)).toEqual(['MLmodel'])
  })
})

describe.skipIf(real)('versions in Unity Catalog, for MLflow', () => {
  it('are PENDING_REGISTRATION until the client says that its files are there', async () => {
    const name = await make()
    const tags = [{ key: 'commit', value: 'abc' }]
    const { model_version: made } = await catalog.createVersion({
      name,
      source: 'dbfs:/m',
      run_id: 'r',
      tags,
    })
    expect(made).toMatchObject({ name, version: '1', status: 'PENDING_REGISTRATION', run_id: 'r', tags })
    expect(made).not.toHaveProperty('current_stage')
    const of = { name, version: '1' }
    expect((await catalog.getVersion(of)).model_version.status).toBe('PENDING_REGISTRATION')
    for (const operation of ['MODEL_VERSION_OPERATION_READ', 'MODEL_VERSION_OPERATION_READ_WRITE'])
      expect(await catalog.temporaryCredentials({ ...of, operation })).toEqual({
        credentials: { storage_mode: 'DEFAULT_STORAGE' },
      })
    await put(name, '1', 'MLmodel')
    for (const _ of [1, 2]) expect((await catalog.finalize(of)).model_version.status).toBe('READY')
  })

  it.each(['FAILED_REGISTRATION', 'PENDING_REGISTRATION'])(
    'end in %s when that is planned',
    async (status) => {
      const name = await make(2)
      await subject.control('outcomes', { model: name, status, messages: ['The files are broken.'] })
      const { model_version: first } = await catalog.finalize({ name, version: '1' })
      expect(first).toMatchObject({ status, status_message: 'The files are broken.' })
      expect((await catalog.finalize({ name, version: '2' })).model_version.status).toBe('READY')
    },
  )

  it('are found by model or by run, without tags and aliases', async () => {
    const name = await make(2)
    await catalog.setVersionTag({ name, version: '1', key: 'k', value: 'v' })
    await catalog.setAlias({ name, alias: 'champion', version: '1' })
    const { model_versions: all = [] } = await catalog.searchVersions({ filter: `name='${name}'` })
    expect(all.map(({ version }) => version)).toEqual(['2', '1'])
    expect(all.some((one) => one.tags !== undefined || one.aliases !== undefined)).toBe(false)
    const { model_versions: one = [] } = await catalog.searchVersions({ filter: `run_id = '${name}-2'` })
    expect(one.map(({ version }) => version)).toEqual(['2'])
    for (const filter of [`name='${name}' AND run_id='x'`, 'version_number = 1', `name LIKE '${name}'`])
      expect(await refused(catalog.searchVersions({ filter }))).toMatchObject(invalid)
  })

  it('have tags and descriptions', async () => {
    const name = await make(1)
    const of = { name, version: '1' }
    await catalog.setVersionTag({ ...of, key: 'Approval', value: 'yes' })
    await catalog.setVersionTag({ ...of, key: 'k', value: 'v' })
    await catalog.deleteVersionTag({ ...of, key: 'k' })
    const { model_version: found } = await catalog.updateVersion({ ...of, description: 'new' })
    expect(found).toMatchObject({ description: 'new', tags: [{ key: 'Approval', value: 'yes' }] })
  })

  it('have aliases, which say their version, and go with it', async () => {
    const name = await make(2)
    for (const version of ['1', '2']) await catalog.setAlias({ name, alias: 'champion', version })
    await catalog.setAlias({ name, alias: 'challenger', version: '1' })
    const { model_version: found } = await catalog.getAlias({ name, alias: 'champion' })
    expect(found).toMatchObject({ version: '2', aliases: [{ alias: 'champion', version: '2' }] })
    await catalog.deleteAlias({ name, alias: 'challenger' })
    await catalog.deleteVersion({ name, version: '2' })
    expect(isMissing(await refused(catalog.getAlias({ name, alias: 'champion' })))).toBe(true)
    expect((await catalog.getModel({ name })).registered_model).not.toHaveProperty('aliases')
  })
})

exercisesEveryEndpointOf('unity-catalog-mlflow', subject)
