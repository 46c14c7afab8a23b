import { readFile } from 'node:fs/promises'
import { styleText } from 'node:util'
import { parse } from 'yaml'
import type { Compute } from '../compute/compute.ts'
import { duration } from '../report/text.ts'
import { readMode, serverCompute } from './compute.ts'
import type { Run, World } from './script.ts'

/** What the demo says between its commands. */
export interface DemoScreen {
  say(text: string): void
  note(text: string): void
  /** No code runs, for this reason. */
  skip(reason: string): void
  command(args: readonly string[]): void
  end(): void
}

const nextSteps = `
That was the whole of it. On your own repository:

  npx brickrail init              put this sample into it
  npx brickrail deploy            the embedded workspace again, kept in .brickrail/
  export DATABRICKS_HOST=... DATABRICKS_TOKEN=...
  npx brickrail doctor -t dev     are the rights there?
  npx brickrail deploy -t dev     the same on a real workspace
`

const skipped = `
Skipped: installing libraries, training the model, running the tests. Clusters, libraries and jobs only
change their states. For the whole of it: Python 3.10 to 3.14 with venv, and a package index (PyPI) that pip reaches.`.trim()

export const demoScreen = ({ stdout, env }: World): DemoScreen => {
  const color = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
  const paint = (format: 'bold' | 'cyan', text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text
  return {
    say: (text) => void stdout.write(`\n${paint('bold', text)}\n`),
    skip: (reason) =>
      void stdout.write(`${paint('bold', '\nNo code runs in this demo:')} ${reason}.\n${skipped}\n`),
    note: (text) => void stdout.write(`${text}\n`),
    command: (args) => void stdout.write(`\n${paint('cyan', `$ brickrail ${args.join(' ')}`)}\n`),
    end: () => void stdout.write(nextSteps),
  }
}

/** The beginning of a file, for a screen. */
export const firstLines = (text: string): string => {
  const lines = text.trim().split('\n')
  return lines.length > 12
    ? [...lines.slice(0, 11), `… ${lines.length - 11} lines more`].join('\n')
    : text.trim()
}

interface Rehearsal {
  run: Run
  screen: DemoScreen
  /** Libraries file of the sample. */
  libraries: string
}

/** The reason why nothing of this can be installed, or undefined when all of it is. */
const install = async (compute: Compute, packages: readonly string[], stop: AbortSignal) => {
  const { outcomes } = await compute.environment({
    libraries: packages.map((name) => ({ pypi: { package: name } })),
    local: {},
    offlineIsSkipped: true,
    signal: stop,
  })
  const bad = outcomes.find(({ status }) => status !== 'INSTALLED')
  if (bad === undefined) return undefined
  const name = 'pypi' in bad.library ? bad.library.pypi.package : 'a library'
  return `${name} cannot be installed: ${bad.messages[0] ?? bad.status}`
}

/**
 * Make the Python environment of the sample, where that is possible: then the deployment finds it, and nothing that the demo
 * says later is a guess.
 * @returns why no code can run here; undefined when it can
 */
export const rehearse = async ({ run, screen, libraries }: Rehearsal): Promise<string | undefined> => {
  const { world } = run
  const mode = readMode(world.env['BRICKRAIL_EMBEDDED_COMPUTE'], 'BRICKRAIL_EMBEDDED_COMPUTE')
  if (mode === 'simulated') return 'BRICKRAIL_EMBEDDED_COMPUTE is simulated'
  const silent = { ...run, emit: () => undefined }
  const { compute, remove } = await serverCompute(silent, 'auto', undefined)
  try {
    if (compute === undefined) return 'there is no Python >= 3.8 with venv on this machine'
    const { python } = compute.abilities
    if ('missing' in python) return python.missing
    const { pypi }: { pypi: string[] } = parse(await readFile(libraries, 'utf8'))
    screen.say(
      `Python ${python.version} is here. Installing what the sample’s code needs: ${pypi.join(', ')}.`,
    )
    const began = world.clock.now()
    const reason = await install(compute, pypi, world.stop)
    if (reason === undefined)
      screen.note(`ready after ${duration(world.clock.now() - began)}; they are kept for the next time`)
    return reason
  } finally {
    await compute?.close()
    remove()
  }
}
