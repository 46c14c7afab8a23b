import { pipelineFiles } from '../ci/azure/file.ts'
import type { Event, Job, Pipeline } from '../ci/model.ts'
import type { HostName } from './bootstrap-address.ts'

/** A token that Databricks shall take for a service principal. */
export interface FederationPolicy {
  target: string
  /** Whether the service principal deploys, or only reads. */
  access: 'read' | 'write'
  issuer: string
  audiences: readonly string[]
  subject: string
  /** The claim that is compared with `subject`; `sub` if nothing is said. */
  subjectClaim?: string
}

/** What a host's tokens are made of. */
export interface TokenFacts {
  host: HostName
  url: string
  repository: string
  /** GitHub: how the subject begins; undefined when the repository makes its subject of other claims. */
  subjectPrefix?: string
  /** Azure: GUID of the organization; undefined when it cannot be read. */
  organizationId?: string
  /** Azure: names of pipelines that have others than those that bootstrap gives, by these. */
  pipelineNames?: Readonly<Record<string, string>>
}

type Reaching = Job & { target: string; access: 'read' | 'write' }

const federated = ({ jobs }: Pipeline): Reaching[] =>
  jobs.filter(
    (job): job is Reaching => job.access !== 'none' && job.target !== undefined && job.auth === 'oidc',
  )

const githubIssuer = (url: string): string => {
  if (url === 'https://github.com') return 'https://token.actions.githubusercontent.com'
  const { host } = new URL(url)
  return host.endsWith('.ghe.com') ? `https://token.actions.${host}` : `${url}/_services/token`
}

/** https://docs.github.com/actions/reference/security/oidc#example-subject-claims */
const githubSubjects = (job: Reaching, { defaultBranch }: Pipeline, prefix: string): string[] => {
  if (job.environment !== undefined) return [`${prefix}:environment:${job.environment}`]
  const heads = (names: readonly string[]) => names.map((name) => `${prefix}:ref:refs/heads/${name}`)
  const by: Readonly<Record<Event, string[]>> = {
    merge_request: [`${prefix}:pull_request`],
    push: heads(job.branches),
    schedule: heads([defaultBranch]),
    manual: heads([defaultBranch]),
    tag: [`${prefix}:ref:refs/tags/<TAG>`],
  }
  return job.on.flatMap((event) => by[event])
}

const github = (pipeline: Pipeline, { url, repository, subjectPrefix }: TokenFacts): FederationPolicy[] =>
  federated(pipeline).flatMap((job) =>
    githubSubjects(job, pipeline, subjectPrefix ?? `<SUBJECT OF ${repository}>`).map((subject) => ({
      target: job.target,
      access: job.access,
      issuer: githubIssuer(url),
      audiences: [pipeline.audience],
      subject,
    })),
  )

/**
 * A merge request's token names its source branch, which nobody knows before: what only reads is known by its project.
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
 */
const gitlab = (pipeline: Pipeline, { url, repository }: TokenFacts): FederationPolicy[] =>
  federated(pipeline).flatMap((job) => {
    const { target, access, branches } = job
    const common = { target, access, issuer: url, audiences: [pipeline.audience] }
    if (access === 'read') return [{ ...common, subject: repository, subjectClaim: 'project_path' }]
    const refs = [
      ...(job.on.some((event) => event !== 'tag') ? branches.map((name) => `branch:ref:${name}`) : []),
      ...(job.on.includes('tag') ? ['tag:ref:<TAG>'] : []),
    ]
    return refs.map((ref) => ({ ...common, subject: `project_path:${repository}:ref_type:${ref}` }))
  })

/** Azure's tokens name the pipeline: one whose jobs only read is no word for the identity that deploys. */
const azure = (
  pipeline: Pipeline,
  { repository, organizationId, pipelineNames = {} }: TokenFacts,
): FederationPolicy[] => {
  const [organization = '', project = ''] = repository.split('/')
  const named = (name: string): string => pipelineNames[name] ?? name
  return pipelineFiles(pipeline).flatMap(({ name, jobs }) =>
    federated({ ...pipeline, jobs }).map(({ target, access }) => ({
      target,
      access,
      issuer: `https://vstoken.dev.azure.com/${organizationId ?? '<ORGANIZATION_GUID>'}`,
      audiences: ['api://AzureADTokenExchange'],
      subject: `p://${organization}/${project}/${named(`${pipeline.project} ${name}`)}`,
    })),
  )
}

/** What Databricks has to be told when jobs bring no token but their host's word. None twice. */
export const federationPolicies = (pipeline: Pipeline, facts: TokenFacts): FederationPolicy[] => {
  const all = { gitlab, azure, github }[facts.host](pipeline, facts)
  const seen = new Map(all.map((policy) => [JSON.stringify(policy), policy]))
  return [...seen.values()]
}

/** Single quotes for a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** https://docs.databricks.com/dev-tools/auth/oauth-federation-policy */
const commandOf = ({ issuer, audiences, subject, subjectClaim }: FederationPolicy): string => {
  const policy = {
    oidc_policy: {
      issuer,
      audiences,
      subject,
      ...(subjectClaim === undefined ? {} : { subject_claim: subjectClaim }),
    },
  }
  return `databricks account service-principal-federation-policy create <SERVICE_PRINCIPAL_ID> --json ${quote(JSON.stringify(policy))}`
}

/** Commands for an account admin of Databricks, under a line that says for which service principal. */
export const federationText = (policies: readonly FederationPolicy[]): string => {
  const titles = [...new Set(policies.map(({ target, access }) => `${target}\n${access}`))]
  const parts = titles.map((title) => {
    const here = policies.filter(({ target, access }) => `${target}\n${access}` === title)
    const [target = '', access = ''] = title.split('\n')
    const who = access === 'write' ? `that deploys to ${target}` : `that only reads ${target}`
    return [`# the service principal ${who}`, ...here.map(commandOf)].join('\n')
  })
  return parts.join('\n')
}
