/** Quartz cron expressions: https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html */

interface Field {
  name: string
  min: number
  max: number
  names?: readonly string[]
  /** Beside numbers, ranges, steps and lists. */
  special?: RegExp
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const fields: readonly Field[] = [
  { name: 'seconds', min: 0, max: 59 },
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, special: /^(\?|L(-\d{1,2})?|LW|\d{1,2}W)$/ },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of week', min: 1, max: 7, names: days, special: /^(\?|L|([1-7]|[A-Z]{3})(L|#[1-5]))$/ },
  { name: 'year', min: 1970, max: 2199 },
]

const numberOf = ({ min, max, names = [] }: Field, text: string): number | undefined => {
  const named = names.indexOf(text.toUpperCase())
  if (named >= 0) return named + min
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : undefined
}

/** One part of a list: `*`, `5`, `1-5`, each with an optional `/step`. */
const isPart = (field: Field, part: string): boolean => {
  if (field.special?.test(part.toUpperCase())) return true
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false
  if (range === '*') return true
  const ends = range.split('-')
  return ends.length <= 2 && ends.every((end) => numberOf(field, end) !== undefined)
}

/** What is wrong with an expression, and what to write instead; undefined when it is plausible. */
export const cronProblem = (expression: string): { message: string; hint: string } | undefined => {
  const parts = expression.trim().split(/\s+/)
  if (parts.length < 6 || parts.length > 7) {
    const hint =
      parts.length === 5
        ? `this is the form of Unix; Quartz has seconds first and a ? for one of the days, e.g. 0 ${parts.slice(0, 4).join(' ')} ?`
        : 'seconds minutes hours day-of-month month day-of-week [year], e.g. 0 30 4 * * ?'
    return { message: `«${expression}» has ${parts.length} fields; Quartz has 6 or 7`, hint }
  }
  const bad = fields.find((field, i) => !(parts[i] ?? '*').split(',').every((part) => isPart(field, part)))
  if (bad) {
    const value = parts[fields.indexOf(bad)] ?? ''
    const message = `«${value}» is no ${bad.name} of a Quartz expression`
    return { message, hint: `${bad.min} to ${bad.max}, *, lists, ranges a-b and steps /n` }
  }
  const [, , , dayOfMonth, , dayOfWeek] = parts
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    const message = 'exactly one of day of month and day of week must be ?'
    return { message, hint: 'e.g. 0 30 4 * * ? for every day, 0 30 4 ? * MON-FRI for working days' }
  }
  return undefined
}

/** The time zone is known here, as it is to Java on the other side. */
export const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
