import { hosts as hostNames, type Host as HostName } from '../ci/model.ts'
import { Fail } from '../errors.ts'
import { forOwner } from '../host/bootstrap-steps.ts'
import { applySteps, bootstrapOf, failureOf, outcomesText, readTokenFacts } from './bootstrap.ts'
import { addressOf } from './bootstrap-address.ts'
import { federationPolicies, federationText } from './bootstrap-federation.ts'
import { wantedOf } from './bootstrap-wanted.ts'
import { openPipelines } from './generate.ts'
import { hostTools } from './host-tools.ts'
import type { Run } from './script.ts'

/** The command line, read. */
export interface BootstrapFlags {
  host: string | undefined
  repository: string | undefined
  url: string | undefined
  approvers: readonly string[]
  dryRun: boolean
  rotate: boolean
}

const titles = { gitlab: 'GitLab', azure: 'Azure DevOps', github: 'GitHub' } as const

/** As given, else the one that the spec names. */
const hostOf = (name: string | undefined, spec: readonly HostName[]): HostName => {
  const [only, ...others] = spec
  if (name === undefined) {
    if (only !== undefined && others.length === 0) return only
    const what = `the spec has several CI hosts (${spec.join(', ')}): which one is to be set up?`
    throw new Fail('USAGE', { what, hint: `give --host ${spec.join(' or --host ')}` })
  }
  const host = hostNames.find((one) => one === name)
  if (host === undefined)
    throw new Fail('USAGE', {
      what: `there is no CI host «${name}»`,
      hint: `the spec has ${spec.join(', ')}`,
    })
  if (spec.includes(host)) return host
  throw new Fail('USAGE', {
    what: `the spec generates no pipelines for ${titles[host]}, but for ${spec.map((one) => titles[one]).join(', ')}`,
    hint: `add ${host} to ci.hosts in pipelines/brickrail.yml, and run brickrail generate`,
  })
}

/** URL of the git remote `origin`; undefined when there is none. */
const originOf = async (folder: string): Promise<string | undefined> => {
  try {
    const { simpleGit } = await import('simple-git')
    return (await simpleGit(folder).raw(['remote', 'get-url', 'origin'])).trim() || undefined
  } catch {
    return undefined
  }
}

/**
 * Look at the host, do what is missing, and report. Done twice, the second time nothing is written.
 * @throws Fail USAGE, CONFIG_INVALID, CI_DENIED (with all that was refused), CI_REFUSED, CI_UNREACHABLE
 */
export const bootstrap = async (run: Run, flags: BootstrapFlags): Promise<void> => {
  const { root, pipeline } = await openPipelines(run)
  const host = hostOf(flags.host, pipeline.hosts)
  const address = addressOf(host, flags.repository, flags.url, await originOf(root))
  const tools = hostTools(run)
  const wanted = wantedOf(pipeline, { host, env: run.world.env, approvers: flags.approvers })
  for (const { value, plain } of wanted.secrets) if (value !== undefined && !plain) tools.onSecret(value)
  const options = { ...address, rotate: flags.rotate }
  const found = await (await bootstrapOf(host))(wanted, options, tools)
  const steps = [...found, ...wanted.notes.map(({ what, why }) => forOwner(what, why))]
  const facts = pipeline.jobs.some(({ auth }) => auth === 'oidc')
    ? federationPolicies(pipeline, {
        host,
        ...address,
        ...(await readTokenFacts(host, options, tools, wanted)),
      })
    : []
  const { outcomes, stopped } = await applySteps(run, steps, flags.dryRun)
  run.emit({
    type: 'result',
    data: { host, ...address, dryRun: flags.dryRun, steps: outcomes, federation: facts },
    text: outcomesText(outcomes, federationText(facts)),
  })
  if (stopped !== undefined) throw stopped
  const failure = failureOf(titles[host], outcomes)
  if (failure) throw failure
}
