#!/usr/bin/env node
import { overview, scriptNamed } from '../src/cli/commands.ts'

const [word = '--help', ...rest] = process.argv.slice(2)
const script = await scriptNamed(word)
if (script) {
  // Loaded here: --help and --version need neither.
  const [{ runScript }, { processWorld }] = await Promise.all([
    import('../src/cli/main.ts'),
    import('../src/cli/world.ts'),
  ])
  process.exitCode = await runScript(script, rest, processWorld())
} else process.exitCode = overview(word, process.stdout, process.stderr)
