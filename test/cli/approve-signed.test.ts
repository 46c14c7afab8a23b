import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { People } from './approve-stage.ts'
import { ada, bob, eve, signersFor, trainer, withPeople } from './approve-stage.ts'

const file = 'pipelines/approvals/prices-v1-staging.json'
const args = ['--to', 'staging', '--version', '1']

const keys = signersFor({ ada, bob, eve, trainer, wild: '*@example.com', shared: `${ada},${bob}` })
afterAll(keys.remove)

const open = async (required = 1) => {
  const more = `required: ${required}, from: [${ada}, ${bob}, ${trainer}], distinct_from: [training_run_user], signers: pipelines/approvals/allowed_signers`
  const people = await withPeople('mlflow', 'signed_file', more)
  people.harness.write('pipelines/approvals/allowed_signers', keys.text)
  await people.stage.version(0.9)
  return { ...people, key: keys.key }
}

const approve = async ({ as, key }: { as: People['as']; key: (name: string) => string }, name: string) =>
  await as('admin', 'approve', [...args, '--sign', key(name)])

describe('approvals in signed files', () => {
  it('are written and signed, say what to commit, and let the version through', async () => {
    const people = await open()
    const approved = await approve(people, 'ada')
    expect([approved.exit, approved.stdout]).toEqual([
      0,
      expect.stringContaining(`ada@example.com has approved: commit ${file} and ${file}.sig`),
    ])
    expect(JSON.parse(readFileSync(join(people.harness.folder, file), 'utf8'))).toMatchObject({
      model: 'prices',
      version: '1',
      place: 'staging',
      user: ada,
    })
    expect((await approve(people, 'ada')).stdout).toContain('has approved this already')
    expect((await people.as('admin', 'promote', args)).exit).toBe(0)
  })

  it('of two people lie side by side', async () => {
    const people = await open(2)
    expect((await approve(people, 'ada')).exit).toBe(0)
    expect((await people.as('admin', 'promote', args)).exit).toBe(9)
    expect((await approve(people, 'bob')).stdout).toContain('prices-v1-staging.bob-example-com.json')
    expect((await people.as('admin', 'promote', args)).exit).toBe(0)
  })

  it.each([
    ['who trained it', 'trainer', /trainer@example.com trained this model/],
    ['who is not in the policy', 'eve', /eve@example.com is not among/],
    [
      'whose key is named by a pattern only',
      'wild',
      /the key is not in pipelines\/approvals\/allowed_signers/,
    ],
    ['whose key is that of somebody else, too', 'shared', /names several for the key \(ada@.*, bob@/],
  ])('are refused of somebody %s', async (_, name, why) => {
    const people = await open()
    const refused = await approve(people, name)
    expect([refused.exit, refused.stderr]).toEqual([5, expect.stringMatching(why)])
    expect(existsSync(join(people.harness.folder, file))).toBe(false)
  })

  it('are refused without a key, and with one that is none', async () => {
    const { as } = await open()
    expect((await as('admin', 'approve', args)).stderr).toMatch(/--sign <private key/)
    const none = await as('admin', 'approve', [...args, '--sign', 'nowhere'])
    expect([none.exit, none.stderr]).toEqual([5, expect.stringMatching(/nowhere cannot sign/)])
  })

  const edited = (change: (text: string) => string) => async (people: People) => {
    const path = join(people.harness.folder, file)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
  it.each<[string, (people: People) => Promise<unknown>, RegExp]>([
    ['of other evidence', async ({ stage }) => await stage.evaluate('1', 0.95), /signed over other evidence/],
    ['of which the user was changed', edited((text) => text.replace(ada, bob)), /incorrect signature/],
    [
      'of which the time was changed',
      edited((text) => text.replace(/"at": ".*"/, '"at": "2026-11-21T00:00:00Z"')),
      /verif/,
    ],
    ['for another place', edited((text) => text.replace('"staging"', '"production"')), /to production/],
    ['that are no JSON', edited(() => '{'), /no JSON/],
    ['with a field that is unknown', edited((text) => text.replace('{', '{"x": "y",')), /x is unknown/],
    ['without a field', edited((text) => text.replace('"user"', '"usr"')), /has no user/],
    ['without a signature', async ({ harness }) => harness.remove(`${file}.sig`), /there is no signature/],
    [
      'with a signature that is none',
      async ({ harness }) => harness.write(`${file}.sig`, 'x'),
      /parse signature|verif/,
    ],
    [
      'of a key that is no longer allowed',
      async ({ harness }) => harness.write('pipelines/approvals/allowed_signers', '# nobody\n'),
      /not the signature of ada@example.com/,
    ],
    [
      'of a key that could have two voices',
      async ({ harness }) => {
        const path = join(harness.folder, 'pipelines/approvals/allowed_signers')
        writeFileSync(path, readFileSync(path, 'utf8').replace(ada, `${ada},${bob}`))
      },
      /name several for the key of ada@example.com/,
    ],
    [
      'where nobody is allowed',
      async ({ harness }) => harness.remove('pipelines/approvals/allowed_signers'),
      /cannot be read/,
    ],
  ])('do not count: those %s', async (_, change, why) => {
    const people = await open()
    expect((await approve(people, 'ada')).exit).toBe(0)
    await change(people)
    const waiting = await people.as('admin', 'promote', args)
    expect([waiting.exit, waiting.stderr]).toEqual([9, expect.stringMatching(why)])
  })

  it('cannot be checked without ssh-keygen', async () => {
    const people = await open()
    await approve(people, 'ada')
    const lost = await people.as('admin', 'promote', args, { PATH: '/nowhere' })
    expect([lost.exit, lost.stderr]).toEqual([5, expect.stringMatching(/install OpenSSH/)])
  })
})
