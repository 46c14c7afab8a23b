import { describe, expect, it } from 'vitest'
import type { Host } from '../../../src/ci/model.ts'
import { bootstrapOf } from '../../../src/cli/bootstrap.ts'
import { wantedOf } from '../../../src/cli/bootstrap-wanted.ts'
import type { Fake } from '../fakes/server.ts'
import { azureToken, startAzure } from './azure-fake.ts'
import { githubToken, startGithub } from './github-fake.ts'
import { gitlabToken, startGitlab } from './gitlab-fake.ts'
import { createRound, env, pipelineOf } from './support.ts'

/** Bootstrap's own requests, with one mistake on their way. */
const mistaken =
  (right: string, wrong: string): typeof globalThis.fetch =>
  async (input, init) => {
    const text = typeof init?.body === 'string' ? init.body.replaceAll(right, wrong) : undefined
    return await fetch(input, { ...init, ...(text === undefined ? {} : { body: text }) })
  }

type Row = [host: Host, right: string, wrong: string, fault: RegExp]

const hosts: Readonly<
  Record<Host, { start: () => Promise<Fake>; repository: string; token: Record<string, string> }>
> = {
  gitlab: { start: startGitlab, repository: 'acme/shop', token: { GITLAB_TOKEN: gitlabToken } },
  github: { start: startGithub, repository: 'acme/shop', token: { GITHUB_TOKEN: githubToken } },
  azure: { start: startAzure, repository: 'acme/web shop/shop', token: { AZURE_DEVOPS_EXT_PAT: azureToken } },
}

describe('a mistake in a request does not pass', () => {
  it.each<Row>([
    ['gitlab', '"environment_scope"', '"scope"', /variables: .*: scope/],
    ['gitlab', 'refs/heads/master', 'master', /pipeline_schedules: body\/ref must match/],
    ['gitlab', '"oldest_first"', '"oldest"', /must be equal to one of/],
    ['github', '"deployment_branch_policy"', '"branch_policy"', /environments\/dev: .*: branch_policy/],
    ['github', '"type":"Team"', '"type":"Group"', /reviewers\/1\/type/],
    ['github', '"key_id":"99"', '"key_id":99', /secrets\/\w+: body\/key_id/],
    ['azure', '"yamlFilename"', '"yaml"', /build\/definitions: .*: yaml/],
    ['azure', '"isSecret"', '"secret"', /variablegroups: .*: secret/],
    ['azure', '"authorized":true', '"authorized":"yes"', /pipelinepermissions.*authorized/],
    ['azure', '"isBlocking":true', '"blocking":true', /policy\/configurations: .*isBlocking/],
    ['azure', '"allowedBranches"', '"branches"', /checks\/configurations: .*allowedBranches/],
    ['azure', '"ensureProtectionOfBranch":"false"', '"ensureProtectionOfBranch":false', /must be string/],
    ['azure', '"settingsSourceType":2', '"settingsSourceType":"yaml"', /settingsSourceType/],
  ])('%s: %s -> %s', async (host, right, wrong, fault) => {
    const { start, repository, token } = hosts[host]
    const approvers = { gitlab: ['alice'], github: ['alice', 'acme/ops'], azure: ['Operators'] }[host]
    const fake = await start()
    const round = createRound(await bootstrapOf(host), fake.url, repository, token, mistaken(right, wrong))
    await round(wantedOf(pipelineOf(), { host, env, approvers }))
    expect(fake.violations.splice(0).join('\n')).toMatch(fault)
    await fake.close()
  })
})
