import { isAbsolute, relative, resolve, sep } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Fault } from '../errors.ts'
import type { Annotation, Host } from '../host/host.ts'
import type { Emit, Event } from '../report/events.ts'
import { summaryLine } from '../report/plan-summary.ts'
import { planText } from '../report/plan-text.ts'
import type { Redactor } from '../report/redact.ts'
import type { World } from './script.ts'

/** GitHub shows so many of each level and step. */
const mostNotes = 10

/** Lines of a plan that are read faster than a section is opened; on GitHub and Azure sections are closed at first. */
const shortPlan = 30

interface CiLogOptions {
  host: Host
  world: World
  command: string
  redact: Redactor['redact']
  /** Whether plans are printed on stdout as text. */
  plans: boolean
}

/** What the CI host is told while a run goes on, around what people are told. */
interface CiLog {
  /** Passes events on, between the commands to the host that belong to them. */
  around: (next: Emit) => Emit
  /** Hides a secret in all that the job prints from now on, by whatever program. */
  mask: (secret: string) => void
  /** Ends the section that is open. */
  finish: () => void
}

/** From the root of the repository, if the file is in it: faults name files from the folder of the command. */
const inRepository = ({ host, world }: CiLogOptions, file: string): string => {
  const { root } = host.context
  if (root === undefined) return file
  const path = relative(root, resolve(world.cwd, file))
  return isAbsolute(path) || path.split(sep)[0] === '..' ? file : path.split(sep).join('/')
}

const withHint = (message: string, hint: string | undefined): string =>
  hint ? `${message}\nwhat to do: ${hint}` : message

type Note = (note: Annotation) => void

const createNotes = (options: CiLogOptions, print: (lines: readonly string[]) => void): Note => {
  const counts = new Map<Annotation['level'], number>()
  const { redact } = options
  // Twice: what is stripped may be of a secret, or have stood in the middle of one.
  const clean = (text: string): string => redact(stripVTControlCharacters(redact(text)))
  return ({ level, text, title, file, ...place }) => {
    const count = (counts.get(level) ?? 0) + 1
    counts.set(level, count)
    if (count > mostNotes) return
    const named = title === undefined ? {} : { title: clean(title) }
    const at = file === undefined ? {} : { file: clean(inRepository(options, file)), ...place }
    print(options.host.log.annotate({ level, text: clean(text), ...named, ...at }))
  }
}

const ofFault = (
  level: Annotation['level'],
  { file, line, column, rule, message, hint }: Fault,
): Annotation => ({
  level,
  text: withHint(message, hint),
  title: rule,
  file,
  ...(line > 0 ? { line, column: Math.max(1, column) } : {}),
})

const annotate = (event: Event, command: string, note: Note): void => {
  const title = `brickrail ${command}`
  if (event.type === 'warning') note(ofFault('warning', event.fault))
  if (event.type === 'notice' && event.level === 'warning')
    note({ level: 'warning', title, text: withHint(event.text, event.hint) })
  if (event.type !== 'failure') return
  note({ level: 'error', title, text: withHint(event.message, event.hint) })
  for (const fault of event.faults) note(ofFault('error', fault))
}

const createSections = ({ host, world, command }: CiLogOptions) => {
  let open: { id: string; print: (line: string) => void } | undefined
  let number = 0
  const close = (): void => {
    open?.print(host.log.close(open.id, world.clock.now()))
    open = undefined
  }
  const begin = (title: string, print: (line: string) => void): void => {
    close()
    number += 1
    open = { id: `brickrail-${command}-${number}`, print }
    print(host.log.open(open.id, title, world.clock.now()))
  }
  return { begin, close, isOpen: () => open !== undefined }
}

/**
 * Sections for what is long (the steps of a deployment with their progress, a long plan), annotations for what is wrong.
 * Steps run at the same time and no host but GitLab nests sections, so all steps are in one; the failure is below it.
 */
export const createCiLog = (options: CiLogOptions): CiLog => {
  const { host, world, command, redact, plans } = options
  const to = (stream: World['stdout']) => (line: string) => void (line === '' || stream.write(`${line}\n`))
  const [out, err] = [to(world.stdout), to(world.stderr)]
  const sections = createSections(options)
  const note = createNotes(options, (lines) => lines.forEach(err))
  const masked = new Set(Object.values(world.env).map((value) => value?.trim()))

  const before = (event: Event): void => {
    if (event.type === 'task' && event.state === 'started' && !sections.isOpen())
      sections.begin(`Steps of ${command}`, err)
    if (['plan', 'verdict', 'failure', 'result'].includes(event.type)) sections.close()
    if (event.type === 'plan' && plans && planText(event.plan, redact).length > shortPlan)
      sections.begin(summaryLine(event.plan), out)
    annotate(event, command, note)
  }
  return {
    around: (next) => (event) => {
      before(event)
      next(event)
      if (event.type === 'plan') sections.close()
    },
    // The host has given what is in the environment, and hides it by itself: printing it would only show it to others.
    mask: (secret) => {
      if (masked.has(secret.trim())) return
      masked.add(secret.trim())
      host.log.mask(secret).forEach(err)
    },
    finish: sections.close,
  }
}
