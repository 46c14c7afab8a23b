import { Cron } from 'croner'
import { members, neededText } from '../server/read.ts'
import { badValue } from '../server/refused.ts'

/** Largest value per field: seconds, minutes, hours, days, months, days of the week. */
const largest = [59, 59, 23, 31, 12, 6]

/** `5/15` of Quartz is `5-59/15` elsewhere; days of the week count from 1 there, from 0 elsewhere: the range is what matters. */
const field = (text: string, index: number): string => {
  const plain = text.replaceAll('?', '*').replace(/(^|,)(\d+)\//g, `$1$2-${largest[index]}/`)
  return index === 5 ? plain.replace(/(?<![#\d])7(?!\d)/g, '6') : plain
}

const checkCron = (cron: string): void => {
  const fields = cron.trim().split(/\s+/)
  try {
    if (fields.length < 6 || fields.length > 7) throw new Error(`it has ${fields.length} fields, not 6 or 7`)
    // The seventh, the year, is left out: plausible is all that is asked.
    new Cron(fields.slice(0, 6).map(field).join(' '), { paused: true }).stop()
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw badValue(`Invalid quartz_cron_expression '${cron}': ${why}`)
  }
}

/** @throws Refused 400 for an implausible Quartz expression or an unknown timezone */
export const checkSchedule = (value: unknown): void => {
  const schedule = members(value, 'schedule')
  if (schedule === undefined) return
  checkCron(neededText(schedule['quartz_cron_expression'], 'schedule.quartz_cron_expression'))
  const zone = neededText(schedule['timezone_id'], 'schedule.timezone_id')
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone }).format(0)
  } catch {
    throw badValue(`Invalid timezone_id '${zone}': give a Java timezone id such as Europe/Amsterdam`)
  }
}
