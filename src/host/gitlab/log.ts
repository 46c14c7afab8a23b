// https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
import { oneLine } from '../escape.ts'
import type { HostLog } from '../host.ts'

const clear = '\u001B[0K'

const sectionId = (id: string): string => id.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-')

const mark = (kind: 'start' | 'end', id: string, at: number): string =>
  `${clear}section_${kind}:${Math.floor(at / 1000)}:${sectionId(id)}\r${clear}`

/** Sections are open at first and show how long they took. A job can neither annotate a file nor mask a value. */
export const log: HostLog = {
  open: (id, title, at) => `${mark('start', id, at)}${oneLine(title)}`,
  close: (id, at) => mark('end', id, at),
  annotate: () => [],
  mask: () => [],
}
