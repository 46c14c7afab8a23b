const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Characters as people count them: a letter with its accents, or a whole emoji, is one. */
export const width = (text: string): number => [...segmenter.segment(text)].length

export interface Column<Row> {
  title: string
  value: (row: Row) => string | number | bigint | undefined
  /** Numbers are aligned to the right. */
  align?: 'left' | 'right'
}

const pad = (text: string, to: number, align: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, to - width(text)))
  return align === 'left' ? text + space : space + text
}

const oneLine = (value: string | number | bigint | undefined): string =>
  value === undefined ? '-' : String(value).replace(/\s*[\r\n]+\s*/g, ' ')

/** Aligned columns with a title line, two spaces apart, no trailing spaces; what is not known is `-`. */
export const textTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string => {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => oneLine(value(row)))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => width(line[index] ?? ''))))
  return cells
    .map((line) => line.map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}
