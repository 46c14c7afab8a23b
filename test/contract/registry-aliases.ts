import { expect, it } from 'vitest'
import type { RegistryAt } from './registry-at.ts'
import { refused } from './subject.ts'

const invalid = { status: 400, errorCode: 'INVALID_PARAMETER_VALUE' }

export const aliasCases = ({ client, subject, model, version }: RegistryAt): void => {
  const { aliases } = subject.client

  it.runIf(subject.face === 'databricks')('are not there', async () => {
    const name = await model()
    const alias = { name, alias: 'champion' }
    await version(name)
    const none = { status: 404, errorCode: 'ENDPOINT_NOT_FOUND' }
    expect(await refused(aliases.setAlias({ ...alias, version: '1' }))).toMatchObject(none)
    expect(await refused(aliases.getAlias(alias))).toMatchObject(none)
    expect(await refused(aliases.deleteAlias(alias))).toMatchObject(none)
  })
  if (subject.face === 'databricks') return

  const two = async (): Promise<string> => {
    const name = await model()
    await version(name)
    await version(name)
    return name
  }

  it('move from version to version', async () => {
    const name = await two()
    await aliases.setAlias({ name, alias: 'champion', version: '1' })
    await aliases.setAlias({ name, alias: 'champion', version: '2' })
    const { model_version: found } = await aliases.getAlias({ name, alias: 'champion' })
    expect(found).toMatchObject({ version: '2', aliases: ['champion'] })
    expect((await client.getVersion({ name, version: '1' })).model_version.aliases).toBeUndefined()
  })

  it('are shown by the model and by get, not by a search for versions', async () => {
    const name = await two()
    for (const alias of ['champion', 'best']) await aliases.setAlias({ name, alias, version: '2' })
    const names = (await client.getVersion({ name, version: '2' })).model_version.aliases ?? []
    expect(names.toSorted()).toEqual(['best', 'champion'])
    const filter = `name='${name}'`
    const shown = [
      (await client.getModel({ name })).registered_model,
      ...((await client.searchModels({ filter })).registered_models ?? []),
    ]
    expect(shown).toHaveLength(2)
    for (const { aliases: found = [] } of shown)
      expect(found.toSorted((a, b) => (a.alias < b.alias ? -1 : 1))).toEqual([
        { alias: 'best', version: '2' },
        { alias: 'champion', version: '2' },
      ])
    const { model_versions: versions = [] } = await client.searchVersions({ filter, max_results: 10 })
    expect(versions.map((one) => one.aliases)).toEqual([undefined, undefined])
  })

  it.each(['latest', 'Latest', 'v3', 'V10', 'a b', 'a.b', 'x'.repeat(256), ''])(
    'cannot be called «%s»',
    async (alias) => {
      const name = await two()
      expect(await refused(aliases.setAlias({ name, alias, version: '1' }))).toMatchObject(invalid)
    },
  )

  it('need a version', async () => {
    const name = await two()
    const missing = { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }
    expect(await refused(aliases.setAlias({ name, alias: 'a', version: '99' }))).toMatchObject(missing)
    const nowhere = { name: subject.unique('none'), alias: 'a' }
    expect(await refused(aliases.setAlias({ ...nowhere, version: '1' }))).toMatchObject(missing)
    expect(await refused(aliases.getAlias(nowhere))).toMatchObject(missing)
  })

  it('are a 400 when there are none of that name, and can be taken away twice', async () => {
    const name = await two()
    await aliases.setAlias({ name, alias: 'champion', version: '1' })
    for (const _ of [1, 2]) await aliases.deleteAlias({ name, alias: 'champion' })
    expect(await refused(aliases.getAlias({ name, alias: 'champion' }))).toMatchObject(invalid)
    expect((await client.getModel({ name })).registered_model.aliases).toBeUndefined()
  })

  it('lead nowhere when their version was deleted', async () => {
    const name = await two()
    await aliases.setAlias({ name, alias: 'champion', version: '2' })
    await client.deleteVersion({ name, version: '2' })
    const refusal = await refused(aliases.getAlias({ name, alias: 'champion' }))
    // Until 3.11 the alias stays and its version is missing; later servers delete it with the version.
    expect([invalid, { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' }]).toContainEqual({
      status: refusal.status,
      errorCode: refusal.errorCode,
    })
    await aliases.setAlias({ name, alias: 'champion', version: '1' })
    expect((await aliases.getAlias({ name, alias: 'champion' })).model_version.version).toBe('1')
  })

  it('go with the model when it is renamed', async () => {
    const name = await two()
    await aliases.setAlias({ name, alias: 'champion', version: '1' })
    const other = subject.unique('renamed')
    await client.renameModel({ name, new_name: other })
    expect((await aliases.getAlias({ name: other, alias: 'champion' })).model_version.name).toBe(other)
  })
}
