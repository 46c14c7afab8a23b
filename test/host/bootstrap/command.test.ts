import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { script } from '../../../scripts/bootstrap.ts'
import { runScript } from '../../../src/cli/main.ts'
import { virtualClock } from '../../support/harness.ts'
import { gitlabToken, startGitlab, type GitlabFake } from './gitlab-fake.ts'
import { env, leaked } from './support.ts'

const spec = (ci: string): string => `name: tesseract
targets:
  dev: { host: "\${env.DATABRICKS_HOST}" }
  prod: { host: "\${env.DATABRICKS_HOST}", protected: true }
ci: ${ci}
`

let fake: GitlabFake
let folder: string
beforeEach(async () => {
  fake = await startGitlab()
  folder = mkdtempSync(join(tmpdir(), 'brickrail-bootstrap-'))
  mkdirSync(join(folder, 'pipelines'))
  writeFileSync(join(folder, 'pipelines/brickrail.yml'), spec('{ hosts: [gitlab], default_branch: master }'))
  execFileSync('git', ['init', '-q', folder])
  execFileSync('git', ['-C', folder, 'remote', 'add', 'origin', `${fake.url}/acme/shop.git`])
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await fake.close()
})

const run = async (args: string[], more: Record<string, string | undefined> = {}) => {
  const out: string[] = []
  const sink = { write: (text: string) => out.push(text) }
  const exit = await runScript(script, args, {
    env: { ...env, GITLAB_TOKEN: gitlabToken, ...more },
    cwd: folder,
    clock: virtualClock(),
    fetch: globalThis.fetch,
    stdout: sink,
    stderr: sink,
    stop: new AbortController().signal,
  })
  return { exit, text: out.join('') }
}

describe('brickrail bootstrap', () => {
  it('reminds the owner of what it cannot see to', async () => {
    const rel = '{ stage: release, on: [tag], command: deploy, target: prod }'
    const ci = `{ hosts: [gitlab], default_branch: master, jobs: { rel: ${rel} } }`
    writeFileSync(join(folder, 'pipelines/brickrail.yml'), spec(ci))
    const { exit, text } = await run(['--host', 'gitlab', '--approver', 'alice'])
    expect(exit).toBe(0)
    expect(text).toMatch(/only an owner can +tags that deploy to prod .*protect those that start rel/)
    expect(text).toMatch(/, 2 only an owner can do/)
  })

  it('finds the repository by the git remote, does it all, and reports', async () => {
    const { exit, text } = await run(['--host', 'gitlab', '--approver', 'alice'])
    expect(exit).toBe(0)
    expect(text).toMatch(/created +variable DATABRICKS_TOKEN of dev/)
    expect(text).toMatch(/only an owner can +variable BRICKRAIL_GITLAB_TOKEN/)
    expect(text).toMatch(/\d+ done already, \d+ created, \d+ updated, 1 only an owner can do/)
    expect(leaked(text)).toEqual([])
    expect(text).not.toContain(gitlabToken)
    const first = fake.writes().length
    const second = await run(['--host', 'gitlab', '--approver', 'alice'])
    expect(second.exit).toBe(0)
    expect(fake.writes().slice(first)).toEqual([])
  })

  it('takes the only host of the spec, and asks which one of several', async () => {
    const one = await run(['--dry-run'])
    expect(one.exit).toBe(0)
    expect(one.text).toMatch(/will create +variable DATABRICKS_TOKEN of dev/)
    const ci = '{ hosts: [gitlab, github], default_branch: master }'
    writeFileSync(join(folder, 'pipelines/brickrail.yml'), spec(ci))
    const several = await run([])
    expect(several.exit).toBe(2)
    expect(several.text).toMatch(
      /several CI hosts \(gitlab, github\)[\s\S]*give --host gitlab or --host github/,
    )
    expect(fake.writes()).toEqual([])
  })

  it('--dry-run writes nothing', async () => {
    const { exit, text } = await run(['--host', 'gitlab', '--dry-run'])
    expect(exit).toBe(0)
    expect(text).toMatch(/will create +variable DATABRICKS_TOKEN of dev/)
    expect(text).toMatch(/\d+ to create, \d+ to update/)
    expect(fake.writes()).toEqual([])
  })

  it('ends with 5 and all that was refused, when the rest is done', async () => {
    fake.trouble({
      method: 'POST',
      path: /protected_branches/,
      answer: { status: 403, body: { message: '403 Forbidden' } },
    })
    fake.trouble({
      method: 'GET',
      path: /pipeline_schedules/,
      answer: { status: 403, body: { message: '403 Forbidden' } },
    })
    const { exit, text } = await run(['--host', 'gitlab'])
    expect(exit).toBe(5)
    expect(text).toMatch(/error: GitLab does not allow 2 of \d+ steps: protected branch master, schedules/)
    expect(fake.state.variables.length).toBeGreaterThan(3)
  })

  it('reports what was done when the host is gone half-way', async () => {
    fake.trouble({ method: 'POST', path: /environments$/, times: 9, answer: 'hang up' })
    const { exit, text } = await run(['--host', 'gitlab'])
    expect(exit).toBe(4)
    expect(text).toMatch(/created +protected branch master/)
    expect(text).toMatch(/not tried +variable DATABRICKS_TOKEN of dev/)
    expect(text).toMatch(/error: GitLab at .* cannot be reached/)
  })

  it('ends with 4 when a step failed for another reason', async () => {
    fake.trouble({
      method: 'POST',
      path: /environments$/,
      answer: { status: 400, body: { message: { name: ['is bad'] } } },
    })
    expect((await run(['--host', 'gitlab'])).exit).toBe(4)
  })

  it('is data with --output json, with the federation policies', async () => {
    writeFileSync(
      join(folder, 'pipelines/brickrail.yml'),
      spec('{ hosts: [gitlab], default_branch: master, auth: oidc }'),
    )
    const { text } = await run(['--host', 'gitlab', '-o', 'json', '--dry-run'])
    const { host, repository, dryRun, federation } = (JSON.parse(text) as { result: Record<string, unknown> })
      .result
    expect({ host, repository, dryRun }).toEqual({ host: 'gitlab', repository: 'acme/shop', dryRun: true })
    expect(federation).toContainEqual(
      expect.objectContaining({
        issuer: fake.url,
        subject: 'project_path:acme/shop:ref_type:branch:ref:master',
      }),
    )
    const { text: shown } = await run(['--host', 'gitlab', '--dry-run'])
    expect(shown).toMatch(
      /databricks account service-principal-federation-policy create <SERVICE_PRINCIPAL_ID> --json/,
    )
  })

  it.each<
    [name: string, args: string[], more: Record<string, string | undefined>, exit: number, text: RegExp]
  >([
    ['unknown host', ['--host', 'bitbucket'], {}, 2, /bitbucket/],
    [
      'a host without files',
      ['--host', 'github'],
      {},
      2,
      /no pipelines for GitHub, but for GitLab[\s\S]*add github to ci\.hosts/,
    ],
    [
      'no token',
      ['--host', 'gitlab'],
      { GITLAB_TOKEN: undefined },
      5,
      /no credentials for GitLab: neither GITLAB_TOKEN nor BRICKRAIL_GITLAB_TOKEN is set[\s\S]*set GITLAB_TOKEN to/,
    ],
    [
      'a wrong token',
      ['--host', 'gitlab'],
      { GITLAB_TOKEN: 'glpat-wrong-wrong-wrong' },
      5,
      /GitLab does not allow to read acme\/shop: 401 Unauthorized/,
    ],
    [
      'nobody there',
      ['--host', 'gitlab', '--repository', 'a/b', '--url', 'http://127.0.0.1:9'],
      {},
      4,
      /cannot be reached/,
    ],
  ])('%s', async (_name, args, more, exit, text) => {
    const ran = await run(args, more)
    expect(ran.text).toMatch(text)
    expect(ran.exit).toBe(exit)
    expect(ran.text).not.toContain('glpat-wrong')
    expect(fake.writes()).toEqual([])
  })
})
