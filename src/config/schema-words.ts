import * as v from 'valibot'

/** Marks the message of an unknown key; the known ones follow. */
export const knownKeys = 'known keys: '

/** valibot takes a list for an object; a file that has a list where a map belongs is wrong. */
const mapOnly = <S extends v.GenericSchema>(schema: S): S => ({
  ...schema,
  '~run': (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    schema['~run'](Array.isArray(dataset.value) ? { value: 'a list' } : dataset, config),
})

/** A closed object: each unknown key is one issue, whose message lists the known keys. */
export const closed = (entries: v.ObjectEntries) =>
  mapOnly(v.objectWithRest(entries, v.never(`${knownKeys}${Object.keys(entries).join(', ')}`)))
export const record = <K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>>(
  key: K,
  value: v.GenericSchema,
) => mapOnly(v.record(key, value))

export const said = (description: string) => v.pipe(v.string(), v.description(description))
export const yesNo = (description: string) => v.pipe(v.boolean(), v.description(description))
export const strings = (description: string) => v.pipe(v.array(v.string()), v.description(description))
export const oneOf = (values: readonly string[], description: string) =>
  v.pipe(v.picklist(values), v.description(description))
export const name = (pattern: RegExp, inWords: string) => v.pipe(v.string(), v.regex(pattern, inWords))
export const scalar = v.union([v.string(), v.number(), v.boolean()])

/** An object that may have more members than are known here. */
export const open = <const E extends v.ObjectEntries>(entries: E) => mapOnly(v.looseObject(entries))

/** Begins a message that goes on after the name of a value: `max_retries must be a whole number`. */
export const mustBe = 'must be '

// Beside what the pattern says, a text may be one whole reference: editors check what is written.
const textOf = (pattern: string, message: string) =>
  v.pipe(v.string(), v.regex(new RegExp(String.raw`^(?:${pattern}|\$\{[^}]+\})$`), message))

const wholeNumber = `${mustBe}a whole number`
/** A number of the Databricks API, which takes its digits as text, too. */
export const whole = (description: string) =>
  v.pipe(
    v.union([v.pipe(v.number(), v.integer(wholeNumber)), textOf('-?[0-9]+', wholeNumber)], wholeNumber),
    v.description(description),
  )

const trueOrFalse = `${mustBe}true or false`
/** A boolean of the Databricks API, which takes the word as text, too. */
export const truth = (description: string) =>
  v.pipe(
    v.union([v.boolean(), textOf('[Tt]rue|[Ff]alse', trueOrFalse)], trueOrFalse),
    v.description(description),
  )

/** A text of the Databricks API, which takes a number or a boolean for one, too. */
export const word = (description: string) =>
  v.pipe(v.union([v.string(), v.number(), v.boolean()], `${mustBe}text`), v.description(description))
