import { expect, it } from 'vitest'
import { registry, type Stage } from '../../src/wire/registry.ts'
import type { RegistryAt } from './registry-at.ts'
import { refused } from './subject.ts'

const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

type Stages = Record<string, Stage | undefined>

export const stageCases = ({ client, loosely, subject, model, version }: RegistryAt): void => {
  const stagesOf = async (name: string): Promise<Stages> => {
    const { model_versions: found = [] } = await client.searchVersions({
      filter: `name='${name}'`,
      max_results: 100,
    })
    return Object.fromEntries(found.map((one) => [one.version, one.current_stage]))
  }
  const move = async (name: string, number: string, stage: string, archive = false) =>
    (await client.transitionStage({ name, version: number, stage, archive_existing_versions: archive }))
      .model_version.current_stage

  /** A model with versions in these stages. */
  const staged = async (...stages: Stage[]): Promise<string> => {
    const name = await model()
    for (const stage of stages) await move(name, await version(name), stage)
    return name
  }

  it.each([
    ['production', 'Production'],
    ['STAGING', 'Staging'],
    ['archived', 'Archived'],
    ['none', 'None'],
  ])('%s is %s', async (written, stage) => {
    const name = await model()
    expect(await move(name, await version(name), written)).toBe(stage)
  })

  it.each(['Nope', ''])('«%s» is none', async (stage) => {
    const name = await staged('None')
    expect(await refused(move(name, '1', stage))).toMatchObject(invalid)
    expect(await refused(client.latestVersions({ name, stages: ['Nope'] }))).toMatchObject(invalid)
  })

  it('hold several versions, unless the others are archived with the move', async () => {
    const name = await staged('Production', 'Production', 'Staging', 'None')
    expect(await move(name, '4', 'Production', true)).toBe('Production')
    expect(await stagesOf(name)).toEqual({ 1: 'Archived', 2: 'Archived', 3: 'Staging', 4: 'Production' })
  })

  it('keep their version when it is moved to where it is, archiving', async () => {
    const name = await staged('Production')
    expect(await move(name, '1', 'Production', true)).toBe('Production')
  })

  it('archive nothing when the version is missing', async () => {
    const name = await staged('Production', 'None')
    const refusal = await refused(move(name, '99', 'Production', true))
    expect(refusal).toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await stagesOf(name)).toEqual({ 1: 'Production', 2: 'None' })
  })

  // Asked without the client, which tries a 500 again.
  it.runIf(subject.face === 'mlflow').each(['None', 'Archived'])('are not emptied for %s', async (stage) => {
    const name = await staged('Archived', 'None')
    const body = JSON.stringify({ name, version: '1', stage, archive_existing_versions: true })
    const { status, text } = await subject.raw('POST', registry.transitionStage.path, body)
    expect([status, text]).toEqual([500, expect.stringContaining('INTERNAL_ERROR')])
    expect(await stagesOf(name)).toEqual({ 1: 'Archived', 2: 'None' })
  })

  it.each(['true', 1])('take no %o for whether to archive', async (flag) => {
    const name = await staged('None')
    const input = { name, version: '1', stage: 'Staging', archive_existing_versions: flag }
    expect(await refused(loosely(registry.transitionStage, input))).toMatchObject(invalid)
  })

  it('name the highest number as their latest version, not the one moved last', async () => {
    const name = await staged('None', 'Production', 'Production', 'Archived')
    await move(name, '1', 'Production')
    const latest = async (stages?: string[]) => {
      const asked = stages === undefined ? { name } : { name, stages }
      const [byPost, byGet] = [await client.latestVersions(asked), await client.latestVersionsByQuery(asked)]
      expect(byGet).toEqual(byPost)
      return (byPost.model_versions ?? []).map((one) => `${one.version} ${one.current_stage}`)
    }
    expect(await latest()).toEqual(['3 Production', '4 Archived'])
    expect(await latest(['production'])).toEqual(['3 Production'])
    expect(await latest(['Staging'])).toEqual([])
    await move(name, '3', 'None')
    expect(await latest(['Production', 'None'])).toEqual(['2 Production', '3 None'])
  })

  it.runIf(subject.face === 'mlflow')('need not say whether to archive', async () => {
    const name = await staged('Production', 'None')
    const input = { name, version: '2', stage: 'Production' }
    await loosely(registry.transitionStage, input)
    expect(await stagesOf(name)).toEqual({ 1: 'Production', 2: 'Production' })
  })

  it.runIf(subject.face === 'mlflow')('keep nothing from being deleted', async () => {
    const name = await staged('Production', 'Staging')
    await client.deleteVersion({ name, version: '1' })
    expect(await stagesOf(name)).toEqual({ 2: 'Staging' })
    await client.deleteModel({ name })
    expect(await stagesOf(name)).toEqual({})
  })
}
