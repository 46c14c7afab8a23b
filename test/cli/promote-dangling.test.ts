import { expect, it } from 'vitest'
import { approvedWords } from '../../src/cli/model/approvals-rule.ts'
import { virtualClock } from '../support/harness.ts'
import { play, released, type Play } from './promote-stage.ts'

const toProduction = ['--to', 'production', '--version', '2']

interface Answered {
  registered_model: { aliases?: { alias: string; version: string }[] }
}

/** A registry that keeps the alias of a version that was deleted, as some have done: until somebody sets it anew. */
const keepsAlias =
  ({ harness }: Play): typeof globalThis.fetch =>
  async (input, init) => {
    const answer = await harness.emulator.fetch(input, init)
    const url = new URL(String(input instanceof Request ? input.url : input))
    if (!url.pathname.endsWith('/unity-catalog/registered-models/get')) return answer
    const { registered_model: model } = (await answer.json()) as Answered
    const { aliases = [] } = model
    const champion = { alias: 'champion', version: '1' }
    const all = aliases.some(({ alias }) => alias === 'champion') ? aliases : [...aliases, champion]
    return Response.json({ registered_model: { ...model, aliases: all } })
  }

it.each([
  ['unasked', 'on_first_release: { allow: true, requires_approval: false }'],
  ['after the approval that a first release takes', ''],
])('a champion that was deleted is set anew: %s', async (_, rule) => {
  const scene = await play('unity-catalog')
  await released(scene)
  const { name, client, registry } = scene.stage
  await client.unityCatalogMlflow.deleteVersion({ name, version: '1' })
  scene.harness.write(
    'pipelines/models/prices.yml',
    `model: ${name}\nregistry: unity-catalog\n${rule}\nchecks: { metrics: [{ name: r2, min: 0.8 }] }\n`,
  )
  const past = { fetch: keepsAlias(scene), clock: virtualClock(Date.now() + 60_000) }
  const evaluated = await scene.run('evaluate', ['--version', '2'], past)
  expect(evaluated.stderr).toContain('the candidate is version 2, there is no champion')
  const digest = await scene.stage.evaluate('2', 0.95)
  const first = await scene.run('promote', [...toProduction, '--plan'], past)
  expect(first.stdout.includes('waiting: approvals')).toBe(rule === '')
  await registry.setVersionTag(name, '2', 'Approval', approvedWords(digest))
  const ran = await scene.run('promote', toProduction, past)
  expect([ran.exit, ran.stderr]).toEqual([0, expect.stringContaining('which is gone: it is set anew')])
  expect((await registry.places(name)).holders.production).toEqual(['2'])
})
