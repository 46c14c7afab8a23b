import { describe, expect, it, onTestFinished } from 'vitest'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { openStage, projectOf } from '../safety/model-stage.ts'
import { createHarness } from '../support/harness.ts'

const ada = 'ada@example.com'

/** A project with a model, its registry, and doctor as an admin or as ada, who is none. */
const patient = async (kind: RegistryKind) => {
  const harness = createHarness(projectOf(kind))
  onTestFinished(() => harness.close())
  await harness.control('principals', { user: ada, token: 'dapi-ada', groups: [] })
  const examine = async (token: string, more: Record<string, string> = {}) =>
    await harness.run('doctor', ['--target', 'dev'], {
      env: {
        DATABRICKS_HOST: 'http://workspace.test',
        DATABRICKS_TOKEN: token,
        HOME: harness.folder,
        ...more,
      },
    })
  return {
    harness,
    admin: async () => await examine(harness.emulator.token),
    ada: async () => await examine('dapi-ada'),
  }
}

describe('doctor, where models are declared', () => {
  it('warns that everybody may forge evidence, and says where that right is given', async () => {
    const { harness, admin } = await patient('workspace')
    const { client } = await openStage('workspace', harness.emulator)
    const { object_id } = await client.workspace.getStatus({ path: '/Shared' })
    await client.workspace.mkdirs({ path: '/Shared/.brickrail/tiny/dev/models' })
    const warned = await admin()
    expect(warned.exit).toBe(0)
    expect(warned.stdout).toMatch(
      /^! {2}evidence in \/Shared\/\.brickrail\/tiny\/dev +users may write there, and so forge evidence/m,
    )
    expect(warned.stdout).toContain(`restricts /Shared to admins`)
    expect(warned.stdout).toContain(`PUT /api/2.0/permissions/directories/${object_id}`)
    await client.permissions.set({
      request_object_type: 'directories',
      request_object_id: String(object_id),
      access_control_list: [{ group_name: 'users', permission_level: 'CAN_READ' }],
    })
    expect((await admin()).stdout).toMatch(/^✓ {2}evidence in .*only admins/m)
  })

  it('is green on the embedded workspace', async () => {
    const harness = createHarness({
      ...projectOf('workspace'),
      'pipelines/brickrail.yml':
        'name: tiny\ntargets: { local: {} }\nmodels: { prices: models/prices.yml }\n',
    })
    onTestFinished(() => harness.close())
    const { exit, stdout } = await harness.run('doctor', ['--target', 'local'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^✓ {2}evidence in .*users may write there, as in a new workspace/m)
    expect(stdout).not.toMatch(/^[!✗?] {2}(evidence|model|write)/m)
  })

  it('tells an identity that may not move versions of the workspace registry', async () => {
    const { harness, ada: asAda, admin } = await patient('workspace')
    expect((await asAda()).stdout).toMatch(/^✓ {2}model prices .*not there yet/m)
    const { client, name } = await openStage('workspace', harness.emulator)
    const grant = async (permission_level: string) => {
      const { id } = (await client.mlflow.databricks.getModel({ name })).registered_model_databricks
      await client.permissions.update({
        request_object_type: 'registered-models',
        request_object_id: id,
        access_control_list: [{ user_name: ada, permission_level }],
      })
      return await asAda()
    }
    const few = await grant('CAN_MANAGE_STAGING_VERSIONS')
    expect(few.exit).toBe(0)
    expect(few.stdout).toMatch(
      /^! {2}model prices .*has CAN_MANAGE_STAGING_VERSIONS, .*takes CAN_MANAGE_PRODUCTION_VERSIONS/m,
    )
    const enough = await grant('CAN_MANAGE_PRODUCTION_VERSIONS')
    expect(enough.stdout).toMatch(/^✓ {2}model prices .*may move its versions/m)
    expect((await admin()).stdout).toMatch(/^✓ {2}model prices .*may move its versions/m)
  })

  it('tells who owns a model in Unity Catalog', async () => {
    const { harness, ada: asAda, admin } = await patient('unity-catalog')
    expect((await admin()).stdout).toMatch(/^✓ {2}model prices .*not there yet/m)
    await openStage('unity-catalog', harness.emulator)
    expect((await admin()).stdout).toMatch(/^✓ {2}model prices .* owns it/m)
    expect((await asAda()).stdout).toMatch(/^! {2}model prices +its owner is .*, not ada@example\.com/m)
  })

  it('does not take a server without MLflow for a registry without the model', async () => {
    const { harness, admin } = await patient('mlflow')
    await harness.control('faults', { path: '/mlflow/', status: 404, body: '<h1>Not Found</h1>', times: 9 })
    const refused = await admin()
    expect(refused.exit).toBe(5)
    expect(refused.stdout).toMatch(/^✗ {2}model prices .*Not Found/m)
  })

  it.each([
    [
      'the variable of the policy',
      ', token: DATABRICKS_TOKEN',
      'into DATABRICKS_TOKEN, as the policy names it',
    ],
    [
      "MLflow's own variables",
      '',
      'MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
    ],
  ])('a plain MLflow server answers, or wants credentials: %s', async (_name, token, hint) => {
    const { harness, admin } = await patient('mlflow')
    expect((await admin()).stdout).toMatch(
      /^✓ {2}model prices .*\/mlflow answers; the model is not there yet/m,
    )
    const uri = 'http://workspace.test/mlflow'
    harness.write(
      'pipelines/models/prices.yml',
      `model: prices\nregistry: { kind: mlflow, uri: "${uri}"${token} }\nchecks: { metrics: [{ name: r2, min: 0.8 }] }\n`,
    )
    await harness.control('faults', { path: '/mlflow/', status: 401, times: 9 })
    const refused = await admin()
    expect(refused.exit).toBe(5)
    expect(refused.stdout).toMatch(/^✗ {2}model prices +http:\/\/workspace\.test\/mlflow does not accept/m)
    expect(refused.stdout).toContain(hint)
    expect(refused.stdout).not.toContain('make a new token in the workspace')
  })
})
