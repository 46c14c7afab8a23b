import { beforeAll, describe, expect, it } from 'vitest'
import { modelFiles } from '../../src/wire/artifacts.ts'
import { unityCatalogMlflow } from '../../src/wire/unity-catalog-mlflow.ts'
import { artifactSuite } from './artifacts-suite.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { plainFace, type MlflowSubject } from './mlflow-subject.ts'
import { open, real, refused } from './subject.ts'

const plain = plainFace()

/** On the network: whoever has a signed URL is no client of the workspace. */
const subject = await open(real ? 'network' : 'listen')
const { mlflow } = subject.client
const workspace: Omit<MlflowSubject, 'raw'> = {
  title: 'a workspace',
  face: 'databricks',
  client: mlflow,
  databricks: mlflow,
  call: subject.call,
  called: subject.called,
  unique: subject.unique,
  experimentName: (word) => subject.path(word),
}

artifactSuite(plain)
artifactSuite(workspace)

// A real workspace has /Models of its catalogs, which a suite must not fill.
describe.skipIf(real)('files of models in Unity Catalog', () => {
  const { call, unique } = workspace
  const model = unique('model')
  const folder = `Models/main/default/${model}/1`
  beforeAll(async () => void (await call(unityCatalogMlflow.createModel, { name: `main.default.${model}` })))
  const text = async (url: string, init?: RequestInit) => {
    const answer = await fetch(url, init)
    return [answer.status, await answer.text()]
  }

  it('come and go through signed URLs', async () => {
    const path = `/${folder}/data/model.pkl`
    expect((await refused(call(modelFiles.downloadUrl, { path }))).errorCode).toBe('NOT_FOUND')
    const up = await call(modelFiles.uploadUrl, { path })
    expect(await text(up.url, { method: 'PUT', body: 'pickle' })).toEqual([200, ''])
    const down = await call(modelFiles.downloadUrl, { path })
    expect(await text(down.url)).toEqual([200, 'pickle'])
    expect(await call(modelFiles.list, { path: folder })).toEqual({
      contents: [
        { path: `/${folder}/data`, name: 'data', is_directory: true, last_modified: expect.any(Number) },
      ],
    })
  })

  it('or through the Files API', async () => {
    const path = `${folder}/MLmodel`
    const content = new TextEncoder().encode('flavors: {}')
    await call(modelFiles.upload, { path, content })
    expect((await refused(call(modelFiles.upload, { path, content }))).errorCode).toBe('ALREADY_EXISTS')
    expect(await call(modelFiles.download, { path })).toEqual(content)
    await call(modelFiles.delete, { path })
    expect((await refused(call(modelFiles.download, { path }))).errorCode).toBe('NOT_FOUND')
    expect((await refused(call(modelFiles.list, { path }))).errorCode).toBe('NOT_FOUND')
  })

  it('signed URLs are the way that clients are told to take', async () => {
    expect(await call(modelFiles.useSdk, {})).toEqual({
      is_databricks_sdk_models_artifact_repository_enabled: false,
    })
  })
})

exercisesEveryEndpointOf('artifacts', {
  ...plain,
  get called() {
    return new Set([...plain.called, ...workspace.called])
  },
})
