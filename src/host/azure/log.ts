// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
import { azure, harmless, oneLine, properties, secretLines } from '../escape.ts'
import type { Annotation, HostLog } from '../host.ts'

const annotate = ({ level, text, title, file, line, column }: Annotation): string[] => {
  if (level === 'notice') return []
  const place =
    file === undefined ? {} : { sourcepath: oneLine(file), linenumber: line, columnnumber: column }
  const message = harmless(title === undefined ? text : `${title}: ${text}`)
  return [`##vso[task.logissue ${properties(';', azure, { type: level, ...place })}]${azure(message)}`]
}

/** Groups do not nest, and have no id. An issue has no title, and there are errors and warnings only. */
export const log: HostLog = {
  open: (_id, title) => `##[group]${oneLine(title)}`,
  close: () => '##[endgroup]',
  annotate,
  mask: (secret) => secretLines(secret).map((line) => `##vso[task.setsecret]${azure(line)}`),
}
