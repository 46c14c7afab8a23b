import { styleText } from 'node:util'
import type { World } from './script.ts'

/** What the demo says between its commands. */
export interface DemoScreen {
  say(text: string): void
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

export const demoScreen = ({ stdout, env }: World): DemoScreen => {
  const color = stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
  const paint = (format: 'bold' | 'cyan', text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text
  return {
    say: (text) => void stdout.write(`\n${paint('bold', text)}\n`),
    command: (args) => void stdout.write(`\n${paint('cyan', `$ brickrail ${args.join(' ')}`)}\n`),
    end: () => void stdout.write(nextSteps),
  }
}
