import { Cron } from 'croner'
import type { CronFact } from '../ci/section.ts'

/** Only what every host reads: names of days and months yes, `L`, `W`, `#`, `?` and `@daily` no. */
const common = /^[\d*,/-]+$/
const names = /\b(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)\b/gi

const unusual = (fields: readonly string[]): string | undefined => {
  if (fields.length !== 5) return `it has ${fields.length} field(s) instead of five`
  const odd = fields.find((field) => !common.test(field.replaceAll(names, '1')))
  if (odd !== undefined) return `not every host understands «${odd}»`
  const [, , day = '', , weekday = ''] = fields
  // Azure wants both to fit, the others one of them: https://learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers
  if (!day.startsWith('*') && !weekday.startsWith('*'))
    return 'day of month and day of week are both given, and hosts do not agree whether one of them or both must fit'
  return /7/.test(weekday) ? 'Sunday is 0, not every host takes 7' : undefined
}

/** Far enough to see the shortest pause of a day. */
const looks = 30
const begin = new Date('2026-01-01T00:00:00Z')

/** What a cron expression comes to, in UTC. */
export const readCron = (expression: string): CronFact => {
  const why = unusual(expression.trim().split(/\s+/))
  if (why !== undefined) return { why }
  try {
    const times = new Cron(expression, { mode: '5-part', timezone: 'UTC', paused: true })
      .nextRuns(looks, begin)
      .map((date) => date.getTime())
    if (times.length === 0) return { never: true }
    const pauses = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 60_000)
    return { shortestMinutes: Math.min(...pauses) }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return { why: said.replace(/^CronPattern: /, '') }
  }
}
