import { styleText } from 'node:util'

import type { Redact } from './redact.ts'

/** process.stdout, process.stderr, or anything like them. */
export interface Output {
  write: (text: string) => unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  readonly isTTY?: boolean | undefined
}

const styles = { error: 'red', warning: 'yellow', good: 'green', dim: 'dim', strong: 'bold' } as const

export type Paint = (style: keyof typeof styles, text: string) => string

/** Colours by name of meaning; the text itself when `color` is false. */
export const createPaint =
  (color: boolean): Paint =>
  (style, text) =>
    color && text !== '' ? styleText(styles[style], text, { validateStream: false }) : text

/**
 * Whether to colour: NO_COLOR (https://no-color.org) wins, then FORCE_COLOR (`0` and `false` mean no), then the terminal.
 */
export const colorWanted = (env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean => {
  if (env['NO_COLOR']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTTY && env['TERM'] !== 'dumb'
}

/** .NET, in which the runners of Azure and GitHub are written, looks past these when it searches a text. */
const unseen = String.raw`\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}`
const gap = `[${unseen}]*`
const hashes = new RegExp(`#(?=${gap}#${gap}(?:v${gap}s${gap}o${gap})?\\[)`, 'giu')
const eraseLine = '\u001B[0K'
const colons = new RegExp(`^([\\s${unseen}]*):(?=${gap}:)`, 'u')

/**
 * One line that no CI host takes for a command: a file's name or a server's message must not be able to give one.
 * Azure reads `##vso[` and `##[` anywhere in a line, older GitHub runners `##[` too, GitHub `::` at its start; both end a
 * line at a carriage return, and GitLab reads `section_start:1:x` in front of one.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export const disarm = (line: string): string => {
  const still =
    line.includes('\r') || line.includes(eraseLine)
      ? line.replaceAll('\r', ' ').replace(/(section_(?:start|end))(?=:\d)/g, '$1 ')
      : line
  return still.replace(hashes, '# ').replace(colons, '$1: ')
}

/** Where renderers write: whole lines, to stdout or stderr. */
export interface Screen {
  out: (lines: readonly string[]) => void
  err: (lines: readonly string[]) => void
}

/** The last stop before a stream: whole lines, without secrets and without commands to the CI host. */
export const createScreen = (stdout: Output, stderr: Output, redact: Redact): Screen => {
  const to = (stream: Output) => (lines: readonly string[]) => {
    if (lines.length > 0) stream.write(`${redact(lines.join('\n')).split('\n').map(disarm).join('\n')}\n`)
  }
  return { out: to(stdout), err: to(stderr) }
}
