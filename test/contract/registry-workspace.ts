import type { Databricks } from '../../src/client/databricks.ts'
import type { AccessControl } from '../../src/wire/permissions.ts'
import type { ModelPermission } from '../../src/wire/registry-databricks.ts'
import type { Stage } from '../../src/wire/registry.ts'
import type { Subject } from './subject.ts'

/** Models of the workspace registry, and other users of them; prepared by the setup client. */
export const modelsOf = (subject: Subject) => {
  const { setup, unique } = subject
  const { registry, databricks } = setup.mlflow

  const move = async (name: string, version: string, stage: Stage) =>
    await registry.transitionStage({ name, version, stage, archive_existing_versions: false })

  /** A model with versions in these stages. */
  const make = async (...stages: Stage[]): Promise<string> => {
    const name = unique('model')
    await registry.createModel({ name })
    subject.undo(() => registry.deleteModel({ name }))
    for (const [index, stage] of stages.entries()) {
      await registry.createVersion({ name, source: 'dbfs:/models/m' })
      const version = `${index + 1}`
      await move(name, version, stage)
      subject.undo(() => move(name, version, 'None'))
    }
    return name
  }

  /** What its permissions are asked by. */
  const targetOf = async (name: string) => ({
    request_object_type: 'registered-models',
    request_object_id: (await databricks.getModel({ name })).registered_model_databricks.id,
  })

  /** Another user, who has that level on the model. */
  const somebody = async (
    name: string,
    level?: ModelPermission,
  ): Promise<{ user: string; as: Databricks }> => {
    const user = `${unique('user')}@example.com`
    await subject.control('principals', { user, token: user })
    const grant: AccessControl | undefined = level && { user_name: user, permission_level: level }
    if (grant) await setup.permissions.update({ ...(await targetOf(name)), access_control_list: [grant] })
    return { user, as: await subject.as(user) }
  }
  return { make, move, targetOf, somebody }
}
