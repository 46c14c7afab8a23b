import { stripVTControlCharacters } from 'node:util'

import { count } from './text.ts'

/** The least common denominator of GitLab, Azure DevOps and GitHub: tables, details, inline HTML. */

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '`': '&#96;',
}

/** One pass: what one rule writes, another must not read. */
const special = /\r\n|[\r\n]|[&<>|`]|[\\*_~[\]{}$]|[@#!](?=\w)|\b(?:https?|ftp|www)(?=[:.])|\p{Cc}/giu

const escapeOne = (found: string): string => {
  if (entities[found]) return entities[found]
  if (/^[\r\n]/.test(found)) return '<br>'
  if (/^[\\*_~[\]{}$]/.test(found)) return `\\${found}`
  return /^[@#!a-z]/i.test(found) ? `${found}&#8203;` : ' '
}

/**
 * Text of users or servers, made harmless in a table cell, a list or a heading: no markup, no HTML, no new line
 * (GitLab runs a line that starts with `/` as a quick action), no mention of a person, no link, also to an issue.
 * A zero-width space breaks mentions as Renovate does; an entity alone would not, hosts look for them after parsing.
 */
export const escapeMarkdown = (text: string): string =>
  stripVTControlCharacters(text).trim().replace(special, escapeOne)

/** Text in `<code>`: works with every character, also where backticks do not (tables). */
export const code = (text: string): string => `<code>${escapeMarkdown(text)}</code>`

/** Text whose columns and lines count. No line may start with `/`, which GitLab would run. */
export const preformatted = (text: string): string => {
  const lines = stripVTControlCharacters(text)
    .trimEnd()
    .split(/\r\n|\r|\n/)
  const safe = lines.map((line) =>
    line.replace(/[&<>]/g, (char) => entities[char] ?? char).replace(/^\//, '&#47;'),
  )
  return `<pre>${safe.join('\n')}</pre>`
}

/** A table; the cells are Markdown already. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A part that opens on a click. The blank lines make hosts read its inside as Markdown. */
export const details = (summary: string, body: string): string =>
  `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`

const bytes = (text: string): number => Buffer.byteLength(text)

/**
 * Joins blocks up to `limit` bytes; whole blocks that do not fit are left out and counted in a note, so that every
 * table and details block stays closed. The first block is always there.
 */
export const joinBlocks = (blocks: readonly string[], limit: number): string => {
  const whole = `${blocks.join('\n\n')}\n`
  if (bytes(whole) <= limit) return whole
  const note = (left: number): string =>
    `_Shortened: ${count(left, 'section')} left out; the job's log has all of it._`
  let room = limit - bytes(note(blocks.length)) - 1
  const kept = blocks.filter((part, index) => {
    const size = bytes(part) + 2
    const fits = index === 0 || size <= room
    if (fits) room -= size
    return fits
  })
  return `${[...kept, note(blocks.length - kept.length)].join('\n\n')}\n`
}
