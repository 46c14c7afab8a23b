import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { RegistryKind } from '../../src/plan/state-policy.ts'
import { openStage, projectOf, type Stage } from '../safety/model-stage.ts'
import { createHarness, virtualClock, type Harness, type Ran } from '../support/harness.ts'

export interface People {
  harness: Harness
  stage: Stage
  /** Run a command as somebody who is no admin; `admin` is the one who promotes. */
  as: (user: string, command: string, args?: readonly string[], env?: Record<string, string>) => Promise<Ran>
}

/** Of the evidence of the stage. */
export const trainer = 'trainer@example.com'
export const [ada, bob, eve] = ['ada@example.com', 'bob@example.com', 'eve@example.com']

const rule = (sources: string, more: string): string =>
  `approvals: { staging: { sources: [${sources}], ${more} } }`

/** A model that goes to staging if people say so: ada and bob are leads, eve is not. */
export const withPeople = async (
  kind: RegistryKind,
  sources: string,
  more = 'required: 1, from: [group:ml-leads], distinct_from: [training_run_user]',
): Promise<People> => {
  const harness = createHarness(projectOf(kind, [rule(sources, more)]))
  onTestFinished(() => harness.close())
  const groups = { [ada]: ['ml-leads'], [bob]: ['ml-leads'], [trainer]: ['ml-leads'] }
  for (const user of [ada, bob, eve, trainer])
    await harness.control('principals', {
      user,
      token: `dapi-${user}`,
      groups: groups[user] ?? [],
    })
  const stage = await openStage(kind, harness.emulator)
  if (kind === 'workspace') {
    const { id } = (await stage.client.mlflow.databricks.getModel({ name: stage.name }))
      .registered_model_databricks
    const access_control_list = [{ group_name: 'users', permission_level: 'CAN_READ' }]
    await stage.client.permissions.update({
      request_object_type: 'registered-models',
      request_object_id: id,
      access_control_list,
    })
  }
  const as: People['as'] = async (user, command, args = [], env = {}) =>
    await harness.run(command, [...args], {
      // The workspace's own: it says when a request was filed.
      clock: virtualClock(Date.now() + 60_000),
      env: {
        DATABRICKS_HOST: 'http://workspace.test',
        DATABRICKS_TOKEN: user === 'admin' ? harness.emulator.token : `dapi-${user}`,
        BRICKRAIL_TARGET: 'dev',
        HOME: harness.folder,
        ...env,
      },
    })
  return { harness, stage, as }
}

/** Keys of some people, and the allowed signers that name them. */
export const signersFor = (lines: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-keys-'))
  const text = Object.entries(lines).map(([name, principals]) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(folder, name)])
    const [type, body] = readFileSync(join(folder, `${name}.pub`), 'utf8').split(' ')
    return `${principals} namespaces="brickrail" ${type} ${body}\n`
  })
  return {
    text: text.join(''),
    key: (name: string): string => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
