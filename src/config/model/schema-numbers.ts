import * as v from 'valibot'
import { mustBe } from '../schema-words.ts'

// Beside a number, one whole reference: editors check what is written; and its digits, which is what a variable of the
// environment holds.
const numberText = /^(?:[-+]?[0-9]+(?:\.[0-9]+)?|\$\{[^}]+\})$/
const wholeText = /^(?:[0-9]+|\$\{[^}]+\})$/

const aNumber = `${mustBe}a number`
/** A finite number. */
export const number = (description: string) =>
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(numberText, aNumber))], aNumber),
    v.description(description),
  )

const aWholeNumber = `${mustBe}a whole number`
export const count = (description: string) =>
  v.pipe(
    v.union(
      [v.pipe(v.number(), v.integer(aWholeNumber)), v.pipe(v.string(), v.regex(wholeText, aWholeNumber))],
      aWholeNumber,
    ),
    v.description(description),
  )
