import type { BootstrapStep, Wanted, WantedEnvironment } from '../../bootstrap.ts'
import { done, orOwner, toCreate } from '../../bootstrap-steps.ts'
import { checkSteps } from './checks.ts'
import type { Azure } from './client.ts'
import type { Known } from './known.ts'

interface Environment {
  id: number
  name: string
}

const version = { 'api-version': '7.1' }

const read = async ({ get, project }: Azure, name: string): Promise<Environment | undefined> => {
  const path = `${project}/_apis/distributedtask/environments`
  const found = await get<{ value: Environment[] }>(`to read environment ${name}`, path, { name, ...version })
  return found.value.find((each) => each.name === name)
}

const create = async ({ post, project }: Azure, name: string): Promise<Environment> =>
  await post<Environment>(
    `to create environment ${name}`,
    `${project}/_apis/distributedtask/environments`,
    { name, description: 'Deployments by Brickrail' },
    version,
  )

const step = async (azure: Azure, known: Known, { name }: WantedEnvironment): Promise<BootstrapStep> => {
  const what = `environment ${name}`
  const there = await read(azure, name)
  if (there) {
    known.set('environment', name, there.id)
    return done(what)
  }
  return toCreate(what, async () => known.set('environment', name, (await create(azure, name)).id))
}

/** Environments, each with its approval and its lock. */
export const environmentSteps = async (
  azure: Azure,
  known: Known,
  wanted: Wanted,
): Promise<BootstrapStep[]> => {
  const found = await Promise.all(
    wanted.environments.map(async (environment) => {
      const why = `make it in ${azure.url}${azure.project}/_environments`
      const steps = await orOwner(`environment ${environment.name}`, why, async () => [
        await step(azure, known, environment),
      ])
      if (steps.some(({ refused }) => refused)) return steps
      return [...steps, ...(await checkSteps(azure, known, environment, wanted.locks.length > 0))]
    }),
  )
  return found.flat()
}
