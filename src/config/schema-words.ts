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
