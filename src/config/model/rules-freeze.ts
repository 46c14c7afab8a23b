import { Cron } from 'croner'
import { faultAt } from '../faults.ts'
import { get, text } from '../located.ts'
import type { Rule } from './known.ts'
import { itemsAt } from './values.ts'

/** Why an expression is none of five fields that ever begins; undefined: it is. */
export const cronFault = (expression: string): string | undefined => {
  const fields = expression.trim().split(/\s+/)
  if (fields.length !== 5) return `«${expression}» has ${fields.length} fields instead of five`
  try {
    const next = new Cron(expression, { mode: '5-part', timezone: 'UTC', paused: true }).nextRun()
    return next ? undefined : `«${expression}» never begins`
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return `«${expression}» is no cron expression: ${said.replace(/^CronPattern: /, '')}`
  }
}

const hint = 'minute hour day-of-month month day-of-week, UTC: 0 0 * * 5 is every Friday at midnight'

export const freezeRule: Rule = ({ node }) =>
  itemsAt(node, 'freeze').flatMap((item) => {
    const cron = text(item, 'cron')
    const why = cron === undefined || cron.includes('${') ? undefined : cronFault(cron)
    const at = get(item, 'cron')?.at ?? item.at
    return why === undefined ? [] : [faultAt(at, 'cron-of-five-fields', why, hint)]
  })
