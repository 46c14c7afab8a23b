import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const fence = /^\s{0,3}(```|~~~)/

/**
 * Headings of a Markdown file (`## Data`, or underlined with === or ---), without those in code; as they are written.
 * https://spec.commonmark.org/0.31.2/#atx-headings
 */
export const headingsOf = (markdown: string): string[] => {
  let code: string | undefined
  const lines = markdown.split(/\r?\n/)
  return lines.flatMap((line, index) => {
    const mark = fence.exec(line)?.[1]
    if (mark !== undefined && (code === undefined || code === mark))
      code = code === undefined ? mark : undefined
    if (mark !== undefined || code !== undefined) return []
    const title = /^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(line)?.[1]
    if (title) return [title]
    const under = /^\s{0,3}(=+|-{2,})\s*$/.test(lines[index + 1] ?? '')
    return under && line.trim() !== '' && !/^\s*[-*#>|]/.test(line) ? [line.trim()] : []
  })
}

/** Headings of the model card; undefined when there is no such file. */
export const readCard = async (root: string, file: string): Promise<string[] | undefined> => {
  try {
    return headingsOf(await readFile(join(root, file), 'utf8'))
  } catch {
    return undefined
  }
}
