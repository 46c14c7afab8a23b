import { dirname, resolve } from 'node:path'
import { faultAt } from '../faults.ts'
import type { Place } from '../located.ts'
import { nameOf, readNamed, type Context } from '../read.ts'

export interface Requirement {
  /** `simplejson==3.19.2`, without spaces. */
  package: string
  at: Place
}

/** Name, extras and version of a requirement; what pip allows beyond that has no form in a `pypi` library. */
const plainRequirement =
  /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[\w\s,.-]*\])?\s*((?:[<>=!~]=?=?\s*[\w.*+!-]+\s*,?\s*)*)$/

/**
 * The lines of a local pip requirements file, those of files that it includes with -r as well.
 * Options, hashes, markers, URLs and editable installs are faults: a `pypi` library cannot say them.
 */
export const loadRequirements = async (
  context: Context,
  file: string,
  from: Place,
  within: readonly string[] = [],
): Promise<Requirement[]> => {
  if (within.includes(file)) {
    context.faults.push(
      faultAt(from, 'requirements-circle', `${nameOf(context, file)} includes itself`, 'remove one -r line'),
    )
    return []
  }
  const source = await readNamed(context, file, from)
  const found: Requirement[] = []
  for (const { text, line, column } of logicalLines(source ?? '')) {
    const at = { file: nameOf(context, file), line, column }
    const include = /^(?:-r|--requirement)(?:\s+|=)?(\S+)$/.exec(text)?.[1]
    const why = include === undefined ? refusal(text) : undefined
    if (include !== undefined)
      found.push(...(await loadRequirements(context, resolve(dirname(file), include), at, [...within, file])))
    else if (why !== undefined) context.faults.push(faultAt(at, 'requirement-not-plain', why, uploadHint))
    else found.push({ package: text.replace(/\s+/g, ''), at })
  }
  return found
}

const uploadHint =
  'keep plain «name==version» lines here, or put the file in /Workspace or /Volumes and name that path: pip reads it there as it is'

const refusal = (text: string): string | undefined => {
  if (/--hash/.test(text)) return 'hashes cannot be given to a pypi library'
  if (text.startsWith('-'))
    return `the option ${/^--?[\w-]+/.exec(text)?.[0] ?? text} cannot be given to a pypi library`
  if (/@\s*\S+:\/\/|^\S+:\/\//.test(text)) return 'a URL cannot be given to a pypi library'
  if (text.includes(';')) return 'an environment marker cannot be given to a pypi library'
  return plainRequirement.test(text) ? undefined : `«${text}» is not a requirement`
}

/** Lines without comments; a backslash at the end continues a line, as pip reads it. */
const logicalLines = (source: string): { text: string; line: number; column: number }[] => {
  const lines: { text: string; line: number; column: number }[] = []
  let open: { text: string; line: number; column: number } | undefined
  for (const [i, raw] of source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const bare = raw.replace(/(^|\s)#.*$/, '')
    const here = open ?? { text: '', line: i + 1, column: raw.length - raw.trimStart().length + 1 }
    here.text += bare.replace(/\\$/, ' ')
    open = bare.endsWith('\\') ? here : undefined
    if (!open && here.text.trim()) lines.push({ ...here, text: here.text.trim() })
  }
  return lines
}
