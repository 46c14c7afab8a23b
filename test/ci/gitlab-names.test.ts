import { expect, it } from 'vitest'
import type { Pipeline } from '../../src/ci/model.ts'
import { whole } from './gitlab/rules.ts'
import { fileOf, pipelineOf } from './gitlab/sample.ts'

/** The sample with another name for its target `dev`. */
const named = (target: string): Pipeline => {
  const pipeline = pipelineOf()
  const jobs = pipeline.jobs.map((job) =>
    job.environment === 'dev' ? { ...job, target, environment: target } : job,
  )
  return { ...pipeline, target, jobs }
}

it.each(['on', 'on_', '-on', 'plan-dev', 'brickrail_on'])(
  'a target %s is not mistaken for rules',
  (target) => {
    const file = fileOf(named(target))
    const rollback = whole(file, 'rollback')
    expect(rollback['environment']).toMatchObject({ name: target })
    const wanted = whole(fileOf(pipelineOf()), 'rollback').rules
    expect([rollback.rules, wanted?.length]).toEqual([wanted, 2])
    expect(whole(file, 'plan')['environment']).toMatchObject({ action: 'access' })
  },
)
