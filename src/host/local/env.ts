// https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html (USER is common practice, LOGNAME the standard)
import { context, setValue, type ReadHost } from '../context.ts'

/** A developer's machine: always matches. Windows has USERNAME and COMPUTERNAME; HOSTNAME is seldom exported. */
export const readLocal = ((env) => {
  const user = setValue(env['USER']) ?? setValue(env['LOGNAME']) ?? setValue(env['USERNAME'])
  const machine = setValue(env['HOSTNAME']) ?? setValue(env['COMPUTERNAME'])
  const actor = user && machine ? `${user}@${machine}` : user
  return context('local', { actor })
}) satisfies ReadHost
