// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
import { github, harmless, oneLine, properties, secretLines } from '../escape.ts'
import type { Annotation, HostLog } from '../host.ts'

const annotate = ({ level, text, title, file, line, column }: Annotation): string[] => {
  const place = file === undefined ? {} : { file: oneLine(file), line, col: column }
  const named = title === undefined ? {} : { title: oneLine(title) }
  const given = properties(',', github.property, { ...place, ...named })
  return [`::${level}${given === '' ? '' : ` ${given}`}::${github.data(harmless(text))}`]
}

/** Groups do not nest, and have no id. */
export const log: HostLog = {
  open: (_id, title) => `::group::${github.data(oneLine(title))}`,
  close: () => '::endgroup::',
  annotate,
  mask: (secret) => secretLines(secret).map((line) => `::add-mask::${github.data(line)}`),
}
