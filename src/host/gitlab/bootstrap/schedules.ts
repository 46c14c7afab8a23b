import type { BootstrapStep, Wanted } from '../../bootstrap.ts'
import { ask } from '../../bootstrap-ask.ts'
import { done, orOwner, toCreate, toUpdate } from '../../bootstrap-steps.ts'
import type { Gitlab } from './client.ts'

/** https://docs.gitlab.com/api/pipeline_schedules/; variables are in the answer for one schedule only */
interface Schedule {
  id: number
  description: string
  ref: string
  cron: string
  cron_timezone: string
  active: boolean
  variables?: { key: string; value: string }[]
}

/** Tells a scheduled pipeline which of the jobs it is for. */
const variable = 'BRICKRAIL_SCHEDULE'

const descriptionOf = (name: string): string => `brickrail: ${name}`

const sameRef = (a: string, b: string): boolean =>
  a.replace(/^refs\/heads\//, '') === b.replace(/^refs\/heads\//, '')

const isFor = (schedule: Schedule, name: string): boolean =>
  schedule.variables?.some(({ key, value }) => key === variable && value === name) ?? false

/**
 * Inactive until it has its variable: without it, a pipeline would start that runs every scheduled job or none. What
 * cannot be finished is taken back.
 */
const create = async ({ api, project }: Gitlab, name: string, ref: string, cron: string) => {
  const settings = { cronTimezone: 'UTC', active: false }
  const { id } = await ask(`to create a schedule for ${name}`, () =>
    api.PipelineSchedules.create(project.id, descriptionOf(name), ref, cron, settings),
  )
  try {
    await ask(`to give the schedule of ${name} its variable`, () =>
      api.PipelineScheduleVariables.create(project.id, id, variable, name),
    )
    await ask(`to start the schedule of ${name}`, () =>
      api.PipelineSchedules.edit(project.id, id, { active: true }),
    )
  } catch (error) {
    await api.PipelineSchedules.remove(project.id, id).catch(() => undefined)
    throw error
  }
}

const change = async (gitlab: Gitlab, there: Schedule, name: string, ref: string, cron: string) => {
  const { api, project } = gitlab
  const complete = isFor(there, name)
  if (!complete)
    await ask(`to give the schedule of ${name} its variable`, () =>
      api.PipelineScheduleVariables.create(project.id, there.id, variable, name),
    )
  // Whoever has switched off a complete one had a reason.
  const settings = { ref, cron, cronTimezone: 'UTC', ...(complete ? {} : { active: true }) }
  await ask(`to change the schedule of ${name}`, () =>
    api.PipelineSchedules.edit(project.id, there.id, settings),
  )
}

const difference = (there: Schedule, name: string, ref: string, cron: string): string | undefined => {
  if (!isFor(there, name)) return `it lacks ${variable}=${name}`
  if (there.cron !== cron) return `${there.cron} -> ${cron}`
  if (there.cron_timezone !== 'UTC') return `${there.cron_timezone} -> UTC`
  return sameRef(there.ref, ref) ? undefined : `${there.ref} -> ${ref}`
}

const step = async (
  gitlab: Gitlab,
  found: Schedule | undefined,
  name: string,
  ref: string,
  cron: string,
): Promise<BootstrapStep> => {
  const { api, project } = gitlab
  const what = `schedule of ${name}`
  if (!found) return toCreate(what, () => create(gitlab, name, ref, cron), `${cron} UTC`)
  const there = (await ask(`to read the ${what}`, () =>
    api.PipelineSchedules.show(project.id, found.id),
  )) as unknown as Schedule
  const why = difference(there, name, ref, cron)
  if (why !== undefined) return toUpdate(what, why, () => change(gitlab, there, name, ref, cron))
  return done(what, there.active ? undefined : 'somebody has switched it off')
}

/** One schedule for each scheduled job. It runs with the rights of whoever made it. */
export const scheduleSteps = async (gitlab: Gitlab, wanted: Wanted): Promise<BootstrapStep[]> => {
  const { api, project } = gitlab
  if (wanted.schedules.length === 0) return []
  const names = wanted.schedules.map(({ name, cron }) => `${name} (${cron} UTC)`).join(', ')
  const why = `make them in ${project.web_url}/-/pipeline_schedules, each with ${variable}=<job>: ${names}`
  return await orOwner('schedules', why, async () => {
    const all = (await ask('to read schedules', () =>
      api.PipelineSchedules.all(project.id, { perPage: 100 }),
    )) as unknown as Schedule[]
    // The short name is refused since GitLab 17.
    const ref = `refs/heads/${wanted.defaultBranch}`
    return await Promise.all(
      wanted.schedules.map(({ name, cron }) => {
        const found = all.find(({ description }) => description === descriptionOf(name))
        return step(gitlab, found, name, ref, cron)
      }),
    )
  })
}
