#!/usr/bin/env node
import { overview, scriptNamed } from '../src/cli/commands.ts'
import { runScript } from '../src/cli/main.ts'
import { processWorld } from '../src/cli/world.ts'

const [word = '--help', ...rest] = process.argv.slice(2)
const script = await scriptNamed(word)
if (script) process.exitCode = await runScript(script, rest, processWorld())
else process.exitCode = overview(word, process.stdout, process.stderr)
