const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

const monthDays = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Days since 1970-01-01 of the Gregorian calendar, http://howardhinnant.github.io/date_algorithms.html#days_from_civil */
const dayNumber = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

/** `+0200`, `-05:30`, `Z` in ms. */
const offset = (zone: string): number => {
  if (!/^[+-]/.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/**
 * ms since 1970 of an ISO 8601 time, as JavaScript and Python write them; without a zone it is UTC. Spelt out, because the gate
 * may not touch the platform's clock type.
 * @returns undefined for anything else, a 30th of February included
 */
export const readTime = (text: string): number | undefined => {
  const found = pattern.exec(text.trim())
  if (!found) return undefined
  const part = (index: number): number => Number(found[index] ?? 0)
  const [year, month, day] = [part(1), part(2), part(3)]
  if (month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return undefined
  if (part(4) > 23 || part(5) > 59 || part(6) > 59) return undefined
  const seconds = (dayNumber(year, month, day) * 24 + part(4)) * 3600 + part(5) * 60 + part(6)
  return seconds * 1000 + Number(`0.${found[7] ?? 0}`) * 1000 - offset(found[8] ?? 'Z')
}

export type Age = { hours: number } | 'unreadable' | 'future'

/** Clocks of a cluster, a runner and a server are not one: so many hours ahead are no fault. */
export const clocksDiffer = 5 / 60

/**
 * Hours from `then` to `now`, both ISO 8601.
 * @param ahead hours that `then` may lie in the future
 */
export const ageOf = (then: string, now: string, ahead = clocksDiffer): Age => {
  const [from, to] = [readTime(then), readTime(now)]
  if (from === undefined || to === undefined) return 'unreadable'
  const hours = (to - from) / 3_600_000
  return hours < -ahead ? 'future' : { hours: Math.max(0, hours) }
}

/** `12.5 h`, from two days on `31 days`. */
export const showHours = (hours: number): string =>
  hours < 48 ? `${Math.round(hours * 10) / 10} h` : `${Math.round(hours / 2.4) / 10} days`
