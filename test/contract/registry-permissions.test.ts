import { describe, expect, it } from 'vitest'
import type { Databricks } from '../../src/client/databricks.ts'
import { isMissing } from '../../src/http/api-error.ts'
import { modelsOf } from './registry-workspace.ts'
import { open, real, refused } from './subject.ts'

const subject = await open()
const { client } = subject
const { make, somebody, targetOf } = modelsOf(subject)
const denied = { status: 403, errorCode: 'PERMISSION_DENIED' }

describe.skipIf(real)('permission levels of models', () => {
  const source = 'dbfs:/models/m'
  const own = (as: Databricks, name: string) => {
    const { registry: models, databricks: more } = as.mlflow
    const to = (stage: string, version = '1') =>
      models.transitionStage({ name, version, stage, archive_existing_versions: false })
    return {
      read: () => more.getModel({ name }),
      ask: () => more.createRequest({ name, version: '1', stage: 'Archived' }),
      add: () => models.createVersion({ name, source }),
      tag: () => models.setVersionTag({ name, version: '1', key: 'k', value: 'v' }),
      describe: () => models.updateModel({ name, description: 'x' }),
      stage: () => to('Staging'),
      produce: () => to('Production'),
      demote: () => to('Staging', '2'),
      drop: () => models.deleteVersion({ name, version: '3' }),
    }
  }
  const levels = [undefined, 'CAN_READ', 'CAN_EDIT', 'CAN_MANAGE_STAGING_VERSIONS'] as const
  const all = [...levels, 'CAN_MANAGE_PRODUCTION_VERSIONS', 'CAN_MANAGE'] as const
  const needs = {
    read: 1,
    ask: 1,
    add: 2,
    tag: 2,
    describe: 2,
    stage: 3,
    produce: 4,
    demote: 4,
    drop: 5,
  } as const

  it.each(all.map((level, rank) => ({ level, rank })))('$level', async ({ level, rank }) => {
    const name = await make('None', 'Production', 'None')
    const { user, as } = await somebody(name, level)
    const works = own(as, name)
    const keys = Object.keys(needs) as (keyof typeof needs)[]
    for (const key of keys.filter((one) => needs[one] <= rank)) await works[key]()
    for (const key of keys.filter((one) => needs[one] > rank)) {
      const refusal = await refused(works[key]())
      expect(refusal).toMatchObject({ ...denied, apiMessage: expect.stringContaining(user) })
    }
    const { registered_models: seen = [] } = await as.mlflow.registry.searchModels({
      filter: `name='${name}'`,
    })
    expect(seen).toHaveLength(rank === 0 ? 0 : 1)
  })

  it('are known by name, and are changed by who manages the model', async () => {
    const name = await make()
    const target = await targetOf(name)
    const { permission_levels: found = [] } = await client.permissions.getLevels(target)
    expect(found.map((one) => one.permission_level)).toEqual(all.slice(1))
    const { as } = await somebody(name, 'CAN_MANAGE_PRODUCTION_VERSIONS')
    const list = { access_control_list: [{ group_name: 'users', permission_level: 'CAN_READ' }] }
    expect(await refused(as.permissions.update({ ...target, ...list }))).toMatchObject(denied)
    expect(await client.permissions.get(target)).toMatchObject({
      object_id: `/registered-models/${target.request_object_id}`,
      object_type: 'registered-model',
    })
    const unknown = { ...target, request_object_id: '0'.repeat(32) }
    expect(isMissing(await refused(client.permissions.get(unknown)))).toBe(true)
  })
})
