import { lookUpAbilities } from './abilities.ts'
import type { Compute, ComputeOptions } from './compute.ts'
import { createEnvironments } from './environment.ts'
import { createTasks } from './tasks.ts'

/** Compute on this machine. Costs nothing until it is used: abilities are looked up when they are asked for. */
export const createLocalCompute = async (options: ComputeOptions): Promise<Compute> => {
  const environments = createEnvironments(options, lookUpAbilities(options.env))
  const tasks = createTasks(options)
  return {
    abilities: environments.abilities,
    environment: environments.environment,
    start: tasks.start,
    log: tasks.log,
    reap: tasks.reap,
    forget: tasks.forget,
    close: async () => {
      await Promise.all([environments.close(), tasks.close()])
    },
  }
}
