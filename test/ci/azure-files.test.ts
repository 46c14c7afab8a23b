import { describe, expect, it } from 'vitest'
import { isDeployment } from '../../src/ci/azure/names.ts'
import { headerOf } from '../../src/ci/emit.ts'
import { nameOf, needsOf, stepsOf, variablesOf } from '../conformance/azure/expand.ts'
import { every, jobsOf, names, pairs, scriptStep, scriptText, spec } from '../conformance/azure/reading.ts'
import { filesOf, sections } from '../conformance/azure/sample.ts'

describe.each(names)('the files of %s', (name) => {
  it('say what made them', () => {
    for (const { text, owner } of filesOf(sections[name]))
      expect([headerOf(text), owner]).toEqual([{ version: '0.1.0', digest: 'ab'.repeat(32) }, 'brickrail'])
  })

  it('have every job of the spec somewhere', () => {
    expect(new Set(pairs(name).map(({ job }) => job.name))).toEqual(
      new Set(spec(name).jobs.map((job) => job.name)),
    )
  })

  it('let one job at a time deploy: each in a stage with the lock of its environment, none overtaken', () => {
    for (const { path, pipeline } of every(name)) {
      const deploying = pipeline.stages.filter(({ jobs }) => jobs.some((job) => job.deployment))
      for (const { jobs } of deploying) expect(jobs).toHaveLength(1)
      const wanted = deploying.length > 0 ? 'sequential' : pipeline.lockBehavior
      expect([path, pipeline.lockBehavior]).toEqual([path, wanted])
    }
    for (const { job, body } of pairs(name)) {
      const own = isDeployment(job) ? job.environment : undefined
      // «dev.eu» in short would be the resource eu of the environment dev.
      const wanted = own?.includes('.') ? { name: own } : own
      expect([job.name, body.deployment !== undefined, body.environment]).toEqual([
        job.name,
        wanted !== undefined,
        wanted,
      ])
      expect([job.name, job.access === 'write' && wanted === undefined]).toEqual([job.name, false])
    }
  })

  it('ask for approvals only when the job is about to run: a stage of one has its condition', () => {
    const late = every(name).flatMap(({ pipeline }) =>
      jobsOf(pipeline).filter(({ deployment, condition }) => deployment && condition),
    )
    expect(late).toEqual([])
  })

  it('wait for what comes before, by ids that Azure takes', () => {
    for (const { pipeline } of every(name)) {
      const stages = pipeline.stages.map(({ stage }) => stage)
      expect(new Set(stages).size).toBe(stages.length)
      pipeline.stages.forEach(({ stage, jobs, ...one }, index) => {
        const ids = jobs.map(nameOf)
        for (const id of [stage, ...ids]) expect(id).toMatch(/^(?!(deploy|deployment)$)[A-Za-z_]\w*$/)
        for (const need of needsOf(one)) expect(stages.slice(0, index)).toContain(need)
        jobs.forEach((job, at) => {
          for (const need of needsOf(job)) expect(ids.slice(0, at)).toContain(need)
        })
      })
    }
  })

  it('give credentials to the script of those jobs that need them, and to nothing else', () => {
    for (const { path, job, body } of pairs(name)) {
      const others = stepsOf(body).filter((step) => step !== scriptStep(body))
      expect(others.filter((step) => step.env)).toEqual([])
      const env = scriptStep(body)?.env ?? {}
      const { groups } = variablesOf(body.variables)
      const needs = job.access !== 'none' || job.secrets.length > 0
      const group = job.target === 'prod' ? 'databricks_cli_prod' : 'databricks_cli'
      const open = job.on.includes('merge_request') || job.on.includes('tag')
      const reads = !job.approval && (job.access === 'read' || (job.access === 'none' && open))
      expect([path, job.name, groups]).toEqual([
        path,
        job.name,
        needs ? [reads ? `${group}_plan` : group] : [],
      ])
      const own =
        job.access === 'none'
          ? []
          : {
              token: ['DATABRICKS_HOST', 'DATABRICKS_TOKEN'],
              oidc: ['DATABRICKS_AUTH_TYPE', 'DATABRICKS_CLIENT_ID', 'DATABRICKS_HOST', 'SYSTEM_ACCESSTOKEN'],
              'azure-cli': ['DATABRICKS_AUTH_TYPE', 'DATABRICKS_HOST'],
            }[job.auth]
      const wanted = [...own, ...job.secrets, ...(job.comments ? ['SYSTEM_ACCESSTOKEN'] : [])]
      const found = Object.keys(env).filter(
        (key) => /^(DATABRICKS_|SYSTEM_)/.test(key) || job.secrets.includes(key),
      )
      expect([job.name, found.toSorted()]).toEqual([job.name, [...new Set(wanted)].toSorted()])
    }
  })

  it('load no group that deploys where the code is that of a merge request', () => {
    const requests = every(name).filter(({ path }) => path.endsWith('/pull-request.yml'))
    const loaded = requests.flatMap(({ pipeline }) =>
      jobsOf(pipeline).flatMap(({ variables }) => variablesOf(variables).groups),
    )
    expect(loaded).toContain('databricks_cli_plan')
    expect(loaded.filter((group) => !group.endsWith('_plan'))).toEqual([])
  })

  it('hold no group that all jobs would load, and say what all have in common once', () => {
    for (const { pipeline } of every(name)) {
      const { groups, values } = variablesOf(pipeline.variables)
      const again = jobsOf(pipeline)
        .flatMap((job) => Object.keys(variablesOf(job.variables).values))
        .filter((key) => key in values)
      expect([groups, again]).toEqual([[], []])
    }
  })

  it('have scripts that nothing is put into', () => {
    for (const { job, body } of pairs(name)) {
      expect([job.name, scriptText(body)]).not.toEqual([
        job.name,
        expect.stringMatching(/\$\([\w.]+\)|\$\{\{|\$\[/),
      ])
      const last = scriptText(body).trimEnd().split('\n').at(-1) ?? ''
      expect(last.startsWith('exec ./node_modules/.bin/brickrail ')).toBe(
        job.script.at(-1)?.startsWith('./node_modules/.bin/brickrail '),
      )
    }
    for (const { path, text } of filesOf(sections[name]))
      for (const line of text.split('\n').filter((one) => one.includes('${{')))
        expect([path, line]).toEqual([
          path,
          expect.stringMatching(
            /\$\{\{ (if |parameters\.\w+ \}\}|trim\(parameters\.[A-Z_]+\) \}\}$|'[A-Z_]+ must not contain \$\(' \}\}: error$)/,
          ),
        ])
  })

  it('check out without credentials, and only what is needed', () => {
    for (const { job, body } of pairs(name)) {
      const steps = stepsOf(body)
      const checkouts = steps.filter((step) => step.checkout)
      expect(checkouts).toEqual([
        {
          checkout: 'self',
          clean: true,
          fetchDepth: job.history ? 0 : 1,
          fetchTags: false,
          persistCredentials: false,
        },
      ])
      expect(body.timeoutInMinutes).toBe(job.timeout)
      expect(steps[0]).toEqual(body.deployment ? { download: 'none' } : checkouts[0])
    }
  })

  it('keep pushes, pull requests and the rest apart', () => {
    for (const { path, pipeline } of every(name)) {
      const { trigger, pr } = pipeline
      const kind = [
        trigger === 'none' ? 'none' : Object.keys(trigger).join(),
        pr === 'none' ? 'none' : Object.keys(pr ?? {}).join(),
      ]
      const file = path.replace(/^.*\/|\.yml$/g, '')
      const wanted = {
        'pull-request': ['none', 'branches'],
        'promote-model': ['none', 'none'],
        schedule: ['none', 'none'],
        tag: ['tags', 'none'],
      }[file]
      expect([path, kind]).toEqual([path, wanted ?? ['batch,branches,paths', 'none']])
    }
  })
})
