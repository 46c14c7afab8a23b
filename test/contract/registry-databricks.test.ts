import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/http/api-error.ts'
import { exercisesEveryEndpointOf } from './coverage.ts'
import { modelsOf } from './registry-workspace.ts'
import { open, real, refused } from './subject.ts'

const subject = await open()
const { client, setup, unique } = subject
const { databricks, registry } = client.mlflow
const denied = { status: 403, errorCode: 'PERMISSION_DENIED' }
const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

const { make, move, somebody } = modelsOf(subject)

describe('registered models in a workspace', () => {
  it('have an id and say what the caller may do', async () => {
    const name = await make('None', 'Production')
    const { registered_model_databricks: found } = await databricks.getModel({ name })
    expect(found).toMatchObject({
      name,
      permission_level: 'CAN_MANAGE',
      id: expect.stringMatching(/^[\da-f]{32}$/),
    })
    expect(found.latest_versions?.map((one) => one.version)).toEqual(['1', '2'])
    const { userName } = await setup.identity.me({})
    expect(found.user_id).toBe(userName)
  })

  it('are listed in pages', async () => {
    const names = [await make(), await make()]
    const found: string[] = []
    for (let token: string | undefined; ;) {
      const page = await databricks.listModels({ max_results: 1, ...(token ? { page_token: token } : {}) })
      found.push(...(page.registered_models ?? []).map(({ name }) => name))
      token = page.next_page_token
      if (!token) break
    }
    expect(found).toEqual(expect.arrayContaining(names))
  })

  it('show PENDING_REGISTRATION in the answer to create, then READY', async () => {
    const name = await make()
    const { model_version: made } = await registry.createVersion({ name, source: 'dbfs:/models/m' })
    expect(made.status).toBe('PENDING_REGISTRATION')
    await expect
      .poll(async () => (await registry.getVersion({ name, version: '1' })).model_version.status)
      .toBe('READY')
  })

  it.each(['Staging', 'Production'] as const)('are not deleted while a version is in %s', async (stage) => {
    const name = await make(stage, 'Archived')
    for (const work of [
      () => registry.deleteModel({ name }),
      () => registry.deleteVersion({ name, version: '1' }),
    ])
      expect((await refused(work())).status).toBe(400)
    await registry.deleteVersion({ name, version: '2' })
    await move(name, '1', 'Archived')
    await registry.deleteModel({ name })
    expect(isMissing(await refused(databricks.getModel({ name })))).toBe(true)
  })

  it('are found by a part of their name', async () => {
    const name = await make()
    const filter = `name LIKE '${name.slice(3)}'`
    const { registered_models: found = [] } = await registry.searchModels({ filter })
    expect(found.map((one) => one.name)).toEqual([name])
  })

  it('need to be told whether to archive', async () => {
    const name = await make('None')
    const input = { name, version: '1', stage: 'Staging' } as Parameters<typeof databricks.transitionStage>[0]
    expect(await refused(databricks.transitionStage(input))).toMatchObject(invalid)
  })
})

describe('transition requests', () => {
  it('are filed, listed with what the viewer may do, and approved', async () => {
    const name = await make('Production', 'Staging')
    const asked = { name, version: '2', stage: 'production' }
    const { request } = await databricks.createRequest({ ...asked, comment: 'please' })
    expect(request).toMatchObject({ to_stage: 'Production', comment: 'please' })
    const { requests = [] } = await databricks.listRequests({ name, version: '2' })
    expect(requests).toEqual([request])
    expect(request.available_actions).toEqual([
      'APPROVE_TRANSITION_REQUEST',
      'REJECT_TRANSITION_REQUEST',
      'CANCEL_TRANSITION_REQUEST',
    ])
    const { activity } = await databricks.approveRequest({
      ...asked,
      archive_existing_versions: true,
      comment: 'yes',
    })
    expect(activity).toMatchObject({
      activity_type: 'APPROVED_REQUEST',
      from_stage: 'Staging',
      to_stage: 'Production',
      comment: 'yes',
    })
    expect(await databricks.listRequests({ name, version: '2' })).not.toHaveProperty('requests')
    const { registered_model_databricks: found } = await databricks.getModel({ name })
    expect(found.latest_versions?.map((one) => one.current_stage)).toEqual(['Archived', 'Production'])
  })

  it('are rejected, or taken back', async () => {
    const name = await make('None')
    const asked = { name, version: '1', stage: 'Staging' }
    await databricks.createRequest(asked)
    expect((await databricks.rejectRequest({ ...asked, comment: 'no' })).activity).toMatchObject({
      activity_type: 'REJECTED_REQUEST',
      to_stage: 'Staging',
      comment: 'no',
    })
    await databricks.createRequest(asked)
    const { userName: creator } = await setup.identity.me({})
    await databricks.deleteRequest({ ...asked, creator })
    for (const work of [
      () => databricks.rejectRequest(asked),
      () => databricks.deleteRequest({ ...asked, creator }),
      () => databricks.approveRequest({ ...asked, archive_existing_versions: false }),
    ])
      expect(isMissing(await refused(work()))).toBe(true)
    expect((await registry.getVersion({ name, version: '1' })).model_version.current_stage).toBe('None')
  })

  it('stay open when the version is moved past them', async () => {
    const name = await make('None')
    await databricks.createRequest({ name, version: '1', stage: 'Staging' })
    const moved = await databricks.transitionStage({
      name,
      version: '1',
      stage: 'Production',
      archive_existing_versions: false,
      comment: 'now',
    })
    expect(moved.model_version_databricks).toMatchObject({
      current_stage: 'Production',
      permission_level: 'CAN_MANAGE',
      open_requests: [{ to_stage: 'Staging', from_stage: 'None' }],
    })
  })

  it.skipIf(real)('come from whoever may read the model, and say who it was', async () => {
    const name = await make('Staging')
    const { user, as } = await somebody(name, 'CAN_READ')
    const theirs = as.mlflow.databricks
    const asked = { name, version: '1', stage: 'Production' }
    const { request } = await theirs.createRequest(asked)
    expect(request).toMatchObject({ user_id: user, available_actions: ['CANCEL_TRANSITION_REQUEST'] })
    expect(await refused(theirs.createRequest(asked))).toMatchObject({ errorCode: 'RESOURCE_ALREADY_EXISTS' })
    for (const work of [
      () => theirs.approveRequest({ ...asked, archive_existing_versions: false }),
      () => theirs.rejectRequest(asked),
      () => theirs.transitionStage({ ...asked, archive_existing_versions: false }),
    ]) {
      const refusal = await refused(work())
      expect(refusal).toMatchObject(denied)
      expect(refusal.apiMessage).toContain(`${user} does not have CAN_MANAGE_PRODUCTION_VERSIONS permission`)
    }
    await databricks.approveRequest({ ...asked, archive_existing_versions: false })
  })
})

describe('comments', () => {
  it('are made, changed and taken away by who wrote them', async () => {
    const name = await make('None')
    const { comment } = await databricks.createComment({ name, version: '1', comment: 'first' })
    const { userName: user_id } = await setup.identity.me({})
    const available_actions = ['EDIT_COMMENT', 'DELETE_COMMENT']
    expect(comment).toMatchObject({ comment: 'first', user_id, available_actions })
    const changed = await databricks.updateComment({ id: comment.id, comment: 'second' })
    expect(changed.comment).toMatchObject({ id: comment.id, comment: 'second' })
    await databricks.deleteComment({ id: comment.id })
    expect(isMissing(await refused(databricks.deleteComment({ id: comment.id })))).toBe(true)
  })

  it.skipIf(real)('are not changed by somebody else', async () => {
    const name = await make('None')
    const { comment } = await databricks.createComment({ name, version: '1', comment: 'first' })
    const theirs = (await somebody(name, 'CAN_READ')).as.mlflow.databricks
    expect(await refused(theirs.updateComment({ id: comment.id, comment: 'x' }))).toMatchObject(denied)
    expect(await refused(theirs.deleteComment({ id: comment.id }))).toMatchObject(denied)
  })
})

describe.skipIf(real)('files of a version', () => {
  it('are listed, and given out by signed URLs', async () => {
    const name = unique('model')
    const folder = `/models/${name}`
    const contents = Buffer.from('flavors: {}').toString('base64')
    await setup.dbfs.put({ path: `${folder}/MLmodel`, contents })
    await setup.dbfs.put({ path: `${folder}/data/model.pkl`, contents })
    await setup.mlflow.registry.createModel({ name })
    await setup.mlflow.registry.createVersion({ name, source: `dbfs:${folder}` })
    const { files } = await databricks.listArtifacts({ name, version: '1' })
    expect(files).toEqual([
      { path: 'MLmodel', is_dir: false, file_size: 11 },
      { path: 'data', is_dir: true },
    ])
    const below = await databricks.listArtifacts({ name, version: '1', path: 'data' })
    expect(below.files).toMatchObject([{ path: 'data/model.pkl' }])
    const { signed_uri } = await databricks.signedDownloadUri({ name, version: '1', path: 'MLmodel' })
    expect(signed_uri).toMatch(/^http/)
    const none = { name, version: '1', path: 'none' }
    expect(isMissing(await refused(databricks.signedDownloadUri(none)))).toBe(true)
  })
})

exercisesEveryEndpointOf('registry-databricks', subject)
