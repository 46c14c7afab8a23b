/** What every registry with MLflow's API does: the plain face, the workspace face, a real MLflow server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { registry } from '../../src/wire/registry.ts'
import { aliasCases } from './registry-aliases.ts'
import { searchCases } from './registry-search.ts'
import { sourceCases } from './registry-sources.ts'
import { stageCases } from './registry-stages.ts'
import { registryAt, type RegistryAt } from './registry-at.ts'
import type { MlflowSubject } from './mlflow-subject.ts'
import { refused } from './subject.ts'

const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }
const missing = { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }

const modelCases = ({ client, loosely, subject, model, version }: RegistryAt): void => {
  it('is made with description and tags, and found again', async () => {
    const name = subject.unique('model')
    const tags = [{ key: 'owner', value: 'risk' }]
    const made = await client.createModel({ name, description: 'what it is', tags })
    expect(made.registered_model).toMatchObject({ name, description: 'what it is', tags })
    const { registered_model: found } = await client.getModel({ name })
    expect(found).toEqual(made.registered_model)
    expect(found).not.toHaveProperty('latest_versions')
    await client.deleteModel({ name })
    expect(isMissing(await refused(client.getModel({ name })))).toBe(true)
  })

  it('has a name of its own', async () => {
    const name = await model()
    expect(await refused(client.createModel({ name }))).toMatchObject({
      status: 400,
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    })
  })

  it.each(['', '  ', 'a/b', 'a:b', '..'])('cannot be called «%s»', async (name) => {
    expect(await refused(client.createModel({ name }))).toMatchObject(invalid)
  })

  it('is missing by a 404 wherever it is named', async () => {
    const name = subject.unique('none')
    for (const work of [
      () => client.getModel({ name }),
      () => client.updateModel({ name, description: 'x' }),
      () => client.renameModel({ name, new_name: subject.unique('other') }),
      () => client.deleteModel({ name }),
      () => client.setModelTag({ name, key: 'k', value: 'v' }),
      () => client.deleteModelTag({ name, key: 'k' }),
      () => client.latestVersions({ name }),
      () => client.createVersion({ name, source: 's3://bucket/model' }),
      () => client.getVersion({ name, version: '1' }),
    ])
      expect(await refused(work())).toMatchObject(missing)
  })

  it('loses its description when an update says none', async () => {
    const name = await model({ description: 'old' })
    expect((await client.updateModel({ name, description: 'new' })).registered_model.description).toBe('new')
    await client.updateModel({ name })
    expect((await client.getModel({ name })).registered_model).not.toHaveProperty('description')
  })

  it('takes everything with it when it is renamed', async () => {
    const name = await model({ tags: [{ key: 'a', value: '1' }] })
    const one = await version(name)
    await client.setVersionTag({ name, version: one, key: 'b', value: '2' })
    await client.transitionStage({ name, version: one, stage: 'Staging', archive_existing_versions: false })
    const other = subject.unique('renamed')
    const { registered_model: found } = await client.renameModel({ name, new_name: other })
    expect(found).toMatchObject({ name: other, tags: [{ key: 'a', value: '1' }] })
    expect((await client.getVersion({ name: other, version: one })).model_version).toMatchObject({
      name: other,
      current_stage: 'Staging',
      tags: [{ key: 'b', value: '2' }],
    })
    expect(isMissing(await refused(client.getModel({ name })))).toBe(true)
    const taken = await model()
    const refusal = await refused(client.renameModel({ name: other, new_name: taken }))
    expect(refusal).toMatchObject({ status: 400, errorCode: 'RESOURCE_ALREADY_EXISTS' })
  })

  it('has tags that are replaced, and taken away any number of times', async () => {
    const name = await model()
    await client.setModelTag({ name, key: 'team', value: 'a' })
    await client.setModelTag({ name, key: 'team', value: 'b' })
    const tags = async () => (await client.getModel({ name })).registered_model.tags
    expect(await tags()).toEqual([{ key: 'team', value: 'b' }])
    for (const _ of [1, 2]) await client.deleteModelTag({ name, key: 'team' })
    expect(await tags()).toBeUndefined()
    for (const key of ['', '/a', 'a/../b', 'a%b', 'k'.repeat(251)])
      expect(await refused(client.setModelTag({ name, key, value: 'v' }))).toMatchObject(invalid)
  })

  it('is strict about what is text', async () => {
    const name = await model()
    await version(name)
    for (const [endpoint, input] of [
      [registry.createModel, { name: 5 }],
      [registry.setModelTag, { name, key: 'k', value: 5 }],
      [registry.setVersionTag, { name, version: 1, key: 'k', value: 'v' }],
      [registry.getVersion, { name, version: 'x' }],
    ] as const)
      expect(await refused(loosely(endpoint, input))).toMatchObject(invalid)
  })
}

const versionCases = ({ client, model, version, ready }: RegistryAt): void => {
  it('is numbered from 1, is READY in the end, and says what it was made of', async () => {
    const name = await model()
    const tags = [{ key: 'commit', value: 'abc' }]
    const source = 's3://bucket/model'
    const { model_version: made } = await client.createVersion({
      name,
      source,
      tags,
      run_id: 'unknown',
      run_link: 'https://run.test',
      description: 'first',
    })
    expect(made).toMatchObject({ name, version: '1', current_stage: 'None', source, tags })
    expect(made).toMatchObject({ run_id: 'unknown', run_link: 'https://run.test', description: 'first' })
    await ready(name, '1')
    expect((await client.downloadUri({ name, version: '1' })).artifact_uri).toBe(source)
    expect((await client.getModel({ name })).registered_model.latest_versions).toMatchObject([
      { version: '1' },
    ])
  })

  it('never has a number that another one had', async () => {
    const name = await model()
    expect([await version(name), await version(name)]).toEqual(['1', '2'])
    await client.deleteVersion({ name, version: '2' })
    expect(await version(name)).toBe('3')
    for (const work of [
      () => client.getVersion({ name, version: '2' }),
      () => client.deleteVersion({ name, version: '2' }),
      () => client.downloadUri({ name, version: '2' }),
      () => client.setVersionTag({ name, version: '2', key: 'k', value: 'v' }),
      () => client.deleteVersionTag({ name, version: '2', key: 'k' }),
      () => client.updateVersion({ name, version: '2', description: 'x' }),
    ])
      expect(await refused(work())).toMatchObject(missing)
  })

  it('begins at 1 again in a new model of that name', async () => {
    const name = await model()
    await version(name)
    await client.deleteModel({ name })
    await client.createModel({ name })
    expect(await version(name)).toBe('1')
  })

  it('has tags and a description that can be changed', async () => {
    const name = await model()
    const of = { name, version: await version(name) }
    await client.setVersionTag({ ...of, key: 'k', value: '1' })
    await client.setVersionTag({ ...of, key: 'k', value: '2' })
    const { model_version: changed } = await client.updateVersion({ ...of, description: 'new' })
    expect(changed).toMatchObject({ description: 'new', tags: [{ key: 'k', value: '2' }] })
    for (const _ of [1, 2]) await client.deleteVersionTag({ ...of, key: 'k' })
    await client.updateVersion(of)
    const { model_version: found } = await client.getVersion(of)
    expect(found.tags).toBeUndefined()
    expect(found.description ?? '').toBe('')
    expect(Number(found.last_updated_timestamp)).toBeGreaterThanOrEqual(Number(found.creation_timestamp))
  })
}

/** All cases of the registry. Call it once a subject, at the file's top level. */
export const registrySuite = (subject: MlflowSubject): void => {
  const at = registryAt(subject)
  describe(`the registry of ${subject.title}`, () => {
    // A real server may have closed a connection that was idle: a read is tried again, a write is not.
    beforeAll(async () => void (await at.client.searchModels({ max_results: 1 })))
    afterAll(at.clean)
    describe('a registered model', () => {
      modelCases(at)
    })
    describe('a model version', () => {
      versionCases(at)
    })
    describe('the source of a version', () => {
      sourceCases(at)
    })
    describe('stages', () => {
      stageCases(at)
    })
    describe('searches', () => {
      searchCases(at)
    })
    describe('aliases', () => {
      aliasCases(at)
    })
  })
}
