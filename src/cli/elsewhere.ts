import type { Project } from '../config/load.ts'
import { Fail } from '../errors.ts'

/**
 * The failure of asking for what only other targets have: `train` may be declared, and taken out for this one.
 * @returns undefined when no target has it
 */
export const onlyElsewhere = (
  { target, declared }: Pick<Project, 'target' | 'declared'>,
  section: 'packages' | 'jobs',
  key: string,
): Fail | undefined => {
  const targets = (Object.hasOwn(declared[section], key) ? declared[section][key] : undefined) ?? []
  if (targets.length === 0 || targets.includes(target.name)) return undefined
  const what = section === 'jobs' ? 'job' : 'package'
  return new Fail('USAGE', {
    what: `the ${what} ${key} is declared, but not for target ${target.name}`,
    hint: `give ${targets.map((name) => `-t ${name}`).join(' or ')}`,
  })
}
