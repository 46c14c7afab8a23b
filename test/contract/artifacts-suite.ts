import { describe, expect, it } from 'vitest'
import { artifactProxy, loggedModelArtifacts } from '../../src/wire/artifacts.ts'
import type { MlflowSubject as Subject } from './mlflow-subject.ts'
import { refused } from './subject.ts'

type MlflowSubject = Omit<Subject, 'raw'>

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (content: Uint8Array): string => new TextDecoder().decode(content)

const runOf = async ({ client, experimentName }: MlflowSubject) => {
  const name = await experimentName('artifacts')
  const { experiment_id } = await client.tracking.createExperiment({ name })
  const { info } = (await client.tracking.createRun({ experiment_id })).run
  return { experiment_id, run_id: info.run_id, uri: info.artifact_uri ?? '' }
}

/** Write a file the way that this server has. */
const writer = ({ client, databricks }: MlflowSubject, { run_id, uri }: { run_id: string; uri: string }) =>
  databricks === undefined
    ? async (path: string, text: string) => {
        const below = uri.replace(/^mlflow-artifacts:\/+/, '')
        await client.proxy.upload({ path: `${below}/${path}`, content: bytes(text) })
      }
    : async (path: string, text: string) => {
        const { credential_infos } = await databricks.credentials.forWrite({ run_id, path: [path] })
        await send(credential_infos?.[0]?.signed_uri ?? '', text)
      }

/** As cloud storage is used: no Authorization header. */
const send = async (url: string, text: string): Promise<void> => {
  const { status } = await fetch(url, { method: 'PUT', body: text })
  expect(status).toBe(200)
}

/** Artifacts of runs, on any server of MLflow's API that is on the network. */
export const artifactSuite = (subject: MlflowSubject): void => {
  describe(`artifacts on ${subject.title}`, () => {
    it('are listed by run, relative to its folder', async () => {
      const { client, face } = subject
      const { run_id, uri, ...rest } = await runOf(subject)
      expect(await client.artifacts.list({ run_id })).toEqual({ root_uri: uri })
      const write = writer(subject, { run_id, uri, ...rest })
      await write('model/MLmodel', 'flavors: {}')
      await write('model/data/model.pkl', 'pickle')
      await write('notes ä.txt', 'abc')
      const { root_uri, files } = await client.artifacts.list({ run_id })
      expect([root_uri, files]).toEqual([
        uri,
        [
          { path: 'model', is_dir: true },
          { path: 'notes ä.txt', is_dir: false, file_size: 3 },
        ],
      ])
      expect((await client.artifacts.list({ run_id, path: 'model' })).files).toEqual([
        { path: 'model/MLmodel', is_dir: false, file_size: 11 },
        { path: 'model/data', is_dir: true },
      ])
      const itself = face === 'mlflow' ? undefined : [{ path: 'notes ä.txt', is_dir: false, file_size: 3 }]
      expect((await client.artifacts.list({ run_id, path: 'notes ä.txt' })).files).toEqual(itself)
      expect((await client.artifacts.list({ run_id, path: 'none' })).files).toBeUndefined()
    })

    it('are refused by run and path', async () => {
      const { run_id } = await runOf(subject)
      const list = (run: string, path: string) =>
        refused(subject.client.artifacts.list({ run_id: run, path }))
      expect((await list('0'.repeat(32), '')).status).toBe(404)
      for (const path of ['../x', 'a/../../x', '/etc', '%2e%2e/x'])
        expect([path, (await list(run_id, path)).status]).toEqual([path, 400])
    })

    it.runIf(subject.face === 'mlflow')('pass through the proxy', async () => {
      const { proxy } = subject.client
      const { uri } = await runOf(subject)
      const path = `${uri.replace(/^mlflow-artifacts:\/+/, '')}/a b.bin`
      await proxy.upload({ path, content: bytes('one') })
      await proxy.upload({ path, content: bytes('other') })
      expect(textOf(await proxy.download({ path }))).toBe('other')
      const folder = path.replace(/\/[^/]+$/, '')
      expect(await proxy.list({ path: folder })).toEqual({
        files: [{ path: 'a b.bin', is_dir: false, file_size: 5 }],
      })
      await proxy.delete({ path })
      expect((await refused(proxy.download({ path }))).status).toBe(404)
      expect(await proxy.list({ path: folder })).toEqual({})
    })

    it.runIf(subject.face === 'databricks')(
      'are given out as signed URLs, for runs and logged models',
      async () => {
        const { client, databricks, call } = subject
        if (databricks === undefined) throw new Error('a workspace has credentials')
        const { run_id, uri, experiment_id } = await runOf(subject)
        await writer(subject, { run_id, uri })('model/MLmodel', 'flavors: {}')
        const read = await databricks.credentials.forRead({ run_id, path: ['model/MLmodel'] })
        const [info] = read.credential_infos ?? []
        expect(info).toMatchObject({ run_id, path: 'model/MLmodel' })
        expect(await (await fetch(info?.signed_uri ?? '')).text()).toBe('flavors: {}')
        expect((await refused(databricks.credentials.forRead({ run_id, path: ['../x'] }))).status).toBe(400)
        const { model_id } = (await client.loggedModels.create({ experiment_id, name: 'm' })).model.info
        const up = await call(loggedModelArtifacts.forUpload, { model_id, paths: ['MLmodel'] })
        await send(up.credentials?.[0]?.credential_info.signed_uri ?? '', 'x: y')
        expect((await call(loggedModelArtifacts.list, { model_id })).files).toEqual([
          { path: 'MLmodel', is_dir: false, file_size: 4 },
        ])
        const down = await call(loggedModelArtifacts.forDownload, { model_id, paths: ['MLmodel'] })
        const got = await fetch(down.credentials?.[0]?.credential_info.signed_uri ?? '')
        expect(await got.text()).toBe('x: y')
        const missing = call(loggedModelArtifacts.list, { model_id: `m-${'0'.repeat(32)}` })
        expect((await refused(missing)).status).toBe(404)
      },
    )

    it.runIf(subject.face === 'databricks')('have no proxy in a workspace', async () => {
      const path = 'x'
      expect((await refused(subject.call(artifactProxy.download, { path }))).status).toBeGreaterThanOrEqual(
        400,
      )
    })
  })
}
