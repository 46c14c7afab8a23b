import { expect, it } from 'vitest'
import { cronProblem, isTimeZone } from '../../src/config/job/quartz.ts'

it.each([
  '0 0 4 * * ?',
  '0 0/15 8-18 ? * MON-FRI',
  '10 5,35 * * * ? 2026-2030',
  '0 0 12 L * ?',
  '0 0 12 15W JAN,jul ?',
  '0 0 12 ? * 6#3',
  '0 0 12 ? * FRIL',
])('%s is plausible', (expression) => {
  expect(cronProblem(expression)).toBeUndefined()
})

it.each([
  ['0 4 * * *', '«0 4 * * *» has 5 fields; Quartz has 6 or 7'],
  ['0 60 4 * * ?', '«60» is no minutes of a Quartz expression'],
  ['0 0 24 * * ?', '«24» is no hours of a Quartz expression'],
  ['0 0 4 ? 13 *', '«13» is no month of a Quartz expression'],
  ['0 0 4 ? * MO', '«MO» is no day of week of a Quartz expression'],
  ['0 0/0 4 * * ?', '«0/0» is no minutes of a Quartz expression'],
  ['0 0 4 * * *', 'exactly one of day of month and day of week must be ?'],
  ['0 0 4 ? * ?', 'exactly one of day of month and day of week must be ?'],
])('%s is not', (expression, message) => {
  expect(cronProblem(expression)?.message).toBe(message)
})

it.each([
  ['UTC', true],
  ['Europe/Helsinki', true],
  ['Europe/Helsinky', false],
  ['', false],
])('time zone «%s»: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known)
})
