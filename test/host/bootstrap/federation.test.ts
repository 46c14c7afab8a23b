import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Section } from '../../../src/ci/section.ts'
import {
  federationPolicies,
  federationText,
  type FederationPolicy,
  type TokenFacts,
} from '../../../src/cli/bootstrap-federation.ts'
import { pipelineOf } from './support.ts'

const short = ({ target, access, subject, subjectClaim }: FederationPolicy): string =>
  `${access} ${target} ${subjectClaim === undefined ? '' : `${subjectClaim}=`}${subject}`

const gitlab: TokenFacts = { host: 'gitlab', url: 'https://gitlab.acme.test', repository: 'acme/shop' }
const github: TokenFacts = {
  host: 'github',
  url: 'https://github.com',
  repository: 'acme/shop',
  subjectPrefix: 'repo:acme@7/shop@8',
}
const azure: TokenFacts = {
  host: 'azure',
  url: 'https://dev.azure.com',
  repository: 'acme/web shop/shop',
  organizationId: 'f00d',
}

const develop: Section = { jobs: { 'sync-workspace': { branches: ['master', 'develop'] } } }

describe('what Databricks has to be told', () => {
  it.each<[name: string, facts: TokenFacts, section: Section, expected: string[]]>([
    [
      'GitLab',
      gitlab,
      develop,
      [
        'read dev project_path=acme/shop',
        'write dev project_path:acme/shop:ref_type:branch:ref:master',
        'write dev project_path:acme/shop:ref_type:branch:ref:develop',
        'write prod project_path:acme/shop:ref_type:branch:ref:master',
      ],
    ],
    [
      'GitLab, a job of tags',
      gitlab,
      {
        production: false,
        jobs: { rel: { stage: 'release', on: ['tag'], command: 'deploy', target: 'prod' } },
      },
      [
        'read dev project_path=acme/shop',
        'write dev project_path:acme/shop:ref_type:branch:ref:master',
        'write prod project_path:acme/shop:ref_type:tag:ref:<TAG>',
      ],
    ],
    [
      'GitHub',
      github,
      {},
      [
        'read dev repo:acme@7/shop@8:pull_request',
        'write dev repo:acme@7/shop@8:environment:dev',
        'write prod repo:acme@7/shop@8:environment:prod',
        'read dev repo:acme@7/shop@8:ref:refs/heads/master',
      ],
    ],
    [
      'GitHub with a subject of its own',
      { ...github, subjectPrefix: undefined as never },
      { production: false, jobs: { drift: null, plan: null } },
      ['write dev <SUBJECT OF acme/shop>:environment:dev'],
    ],
    [
      'Azure',
      azure,
      {},
      [
        'write dev p://acme/web shop/tesseract build-cluster',
        'write dev p://acme/web shop/tesseract build-workspace',
        'read dev p://acme/web shop/tesseract pull-request',
        'write prod p://acme/web shop/tesseract promote-model',
        'write dev p://acme/web shop/tesseract promote-model',
        'read dev p://acme/web shop/tesseract schedule',
      ],
    ],
    [
      'Azure, a pipeline that was there under another name',
      { ...azure, pipelineNames: { 'tesseract build-cluster': 'nightly build' } },
      { production: false, jobs: { drift: null, plan: null, 'sync-workspace': null, 'catch-up': null } },
      ['write dev p://acme/web shop/nightly build', 'write dev p://acme/web shop/tesseract promote-model'],
    ],
    [
      'Azure, a pipeline with jobs of both kinds',
      azure,
      {
        production: false,
        jobs: {
          look: { stage: 'test', on: ['schedule'], schedule: '0 5 * * *', command: 'plan', target: 'dev' },
          retrain: {
            stage: 'deploy',
            on: ['schedule'],
            schedule: '0 6 * * *',
            command: 'deploy',
            target: 'dev',
          },
        },
      },
      [
        'write dev p://acme/web shop/tesseract build-cluster',
        'write dev p://acme/web shop/tesseract build-workspace',
        'read dev p://acme/web shop/tesseract pull-request',
        'write dev p://acme/web shop/tesseract promote-model',
        'write dev p://acme/web shop/tesseract schedule',
        'read dev p://acme/web shop/tesseract schedule',
      ],
    ],
  ])('%s', (_name, facts, section, expected) => {
    const pipeline = pipelineOf({ ...section, hosts: [facts.host], auth: 'oidc', audience: 'account-1' })
    expect(federationPolicies(pipeline, facts).map(short)).toEqual(expected)
  })

  it.each<[facts: TokenFacts, issuer: string, audience: string]>([
    [gitlab, 'https://gitlab.acme.test', 'account-1'],
    [github, 'https://token.actions.githubusercontent.com', 'account-1'],
    [{ ...github, url: 'https://ghe.acme.test' }, 'https://ghe.acme.test/_services/token', 'account-1'],
    [{ ...github, url: 'https://acme.ghe.com' }, 'https://token.actions.acme.ghe.com', 'account-1'],
    [azure, 'https://vstoken.dev.azure.com/f00d', 'api://AzureADTokenExchange'],
  ])('issuer and audience of %o', (facts, issuer, audience) => {
    const pipeline = pipelineOf({ hosts: [facts.host], auth: 'oidc', audience: 'account-1' })
    for (const policy of federationPolicies(pipeline, facts))
      expect(policy).toMatchObject({ issuer, audiences: [audience] })
  })

  it('is nothing where tokens are stored', () => {
    expect(federationPolicies(pipelineOf({ hosts: ['gitlab'] }), gitlab)).toEqual([])
    expect(federationText([])).toBe('')
  })

  it('is a command that a shell hands over as it is', () => {
    const odd = { ...gitlab, repository: "acme/o'brien $(id)" }
    const pipeline = pipelineOf({ hosts: ['gitlab'], auth: 'oidc', audience: 'account-1' })
    const [title, command = ''] = federationText(federationPolicies(pipeline, odd)).split('\n')
    expect(title).toBe('# the service principal that only reads dev')
    expect(command).toMatch(
      /^databricks account service-principal-federation-policy create <SERVICE_PRINCIPAL_ID> --json '/,
    )
    const script = command.replace('<SERVICE_PRINCIPAL_ID>', '1').replace(/^databricks/, 'printf "%s\\n"')
    const words = execFileSync('bash', ['-c', script]).toString().trim().split('\n')
    expect(words.slice(0, -1)).toEqual([
      'account',
      'service-principal-federation-policy',
      'create',
      '1',
      '--json',
    ])
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({
      oidc_policy: {
        issuer: 'https://gitlab.acme.test',
        audiences: ['account-1'],
        subject: "acme/o'brien $(id)",
        subject_claim: 'project_path',
      },
    })
  })
})
