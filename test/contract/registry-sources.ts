import { expect, it } from 'vitest'
import type { RegistryAt } from './registry-at.ts'
import { refused } from './subject.ts'

const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

export const sourceCases = ({ client, subject, model, version }: RegistryAt): void => {
  const { tracking, loggedModels } = subject.client

  const run = async () => {
    const name = await subject.experimentName('registry')
    const { experiment_id } = await tracking.createExperiment({ name })
    const { run: made } = await tracking.createRun({ experiment_id })
    return { experiment_id, run_id: made.info.run_id, uri: `${made.info.artifact_uri}/model` }
  }

  it.each(['', 'x', '/tmp/x', 'file:///tmp/x', 's3://bucket/../x', 's3://bucket/%2e%2e/x'])(
    'is not «%s»',
    async (source) => {
      const name = await model()
      expect(await refused(client.createVersion({ name, source }))).toMatchObject(invalid)
      expect((await client.getModel({ name })).registered_model).not.toHaveProperty('latest_versions')
    },
  )

  it('may be another version, and leads to the files of that one', async () => {
    const name = await model()
    await version(name, { source: 's3://bucket/files', run_id: 'run-1' })
    const copy = await model()
    const source = `models:/${name}/1`
    const { model_version: made } = await client.createVersion({ name: copy, source })
    expect(made).toMatchObject({ version: '1', source, run_id: 'run-1' })
    expect((await client.downloadUri({ name: copy, version: '1' })).artifact_uri).toBe('s3://bucket/files')
    const other = { name: copy, source, run_id: 'another' }
    expect(await refused(client.createVersion(other))).toMatchObject(invalid)
  })

  it('must be there, when it is another version', async () => {
    const name = await model()
    for (const source of [`models:/${name}/9`, `models:/${subject.unique('none')}/1`])
      expect(await refused(client.createVersion({ name, source }))).toMatchObject({ status: 404 })
  })

  it('may be the folder of a run', async () => {
    const name = await model()
    const { run_id, uri } = await run()
    expect(await version(name, { source: uri, run_id })).toBe('1')
    expect(await version(name, { source: `runs:/${run_id}/model`, run_id })).toBe('2')
    const stranger = { name, source: `runs:/${run_id}/model`, run_id: 'another' }
    expect(await refused(client.createVersion(stranger))).toMatchObject(invalid)
    expect((await client.downloadUri({ name, version: '1' })).artifact_uri).toBe(uri)
  })

  it('may be a logged model, which must be named', async () => {
    const name = await model()
    const { experiment_id, run_id } = await run()
    const { model: logged } = await loggedModels.create({ experiment_id, name: 'm', source_run_id: run_id })
    const { model_id, artifact_uri } = logged.info
    const source = `models:/${model_id}`
    const { model_version: made } = await client.createVersion({ name, source, model_id })
    expect(made).toMatchObject({ source, run_id })
    expect((await client.downloadUri({ name, version: '1' })).artifact_uri).toBe(artifact_uri)
    for (const other of [{}, { model_id: 'm-none' }])
      expect(await refused(client.createVersion({ name, source, ...other }))).toMatchObject(invalid)
  })

  it.runIf(subject.face === 'mlflow')('must belong to its run, when the server keeps it', async () => {
    const name = await model()
    const [one, other] = [await run(), await run()]
    for (const ids of [{}, { run_id: other.run_id }])
      expect(await refused(client.createVersion({ name, source: one.uri, ...ids }))).toMatchObject(invalid)
  })
}
