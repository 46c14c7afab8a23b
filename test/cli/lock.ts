import type { Harness } from '../support/harness.ts'

const lock = {
  version: 1,
  number: 1,
  status: 'open',
  command: 'deploy',
  owner: { id: 'o', actor: 'grace', machine: 'm', pid: 1 },
  startedAt: '2026-11-21T12:00:00.000Z',
  beatAt: '2026-11-21T12:00:00.000Z',
  ttlSeconds: 180,
  summary: [],
  touches: [],
}

/** Deployment `number` of dev is under way on another machine. */
export const hold = async ({ emulator }: Harness, number = 1): Promise<void> => {
  const folder = '/Shared/.brickrail/sample/dev/deployments'
  const post = async (path: string, body: unknown) =>
    await emulator.fetch(`http://workspace.test/api/2.0/workspace/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.token}` },
      body: JSON.stringify(body),
    })
  await post('mkdirs', { path: folder })
  const content = Buffer.from(JSON.stringify({ ...lock, number })).toString('base64')
  await post('import', { path: `${folder}/00000${number}.json`, format: 'RAW', content })
}
