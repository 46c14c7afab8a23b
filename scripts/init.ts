#!/usr/bin/env node
import { resolve } from 'node:path'
import { startIfMain } from '../src/cli/main.ts'
import { scaffold } from '../src/cli/scaffold.ts'
import { defineScript } from '../src/cli/script.ts'

export const script = defineScript({
  name: 'init',
  about:
    'Put a working sample, pipelines/ and workspace/, into another repository. Nothing there is overwritten.',
  args: {
    folder: { type: 'positional', required: false, default: '.', description: 'the repository' },
    name: {
      type: 'string',
      description: 'name of the project; the name of the folder if not given',
      valueHint: 'name',
    },
  },
  run: async (run) => {
    const folder = resolve(run.world.cwd, String(run.values['folder'] ?? '.'))
    const name = typeof run.values['name'] === 'string' ? run.values['name'] : undefined
    const written = await scaffold(folder, name)
    const text = `${written.length} files in ${folder}\nnext: brickrail validate, then brickrail deploy (it runs on the embedded workspace)`
    run.emit({ type: 'result', data: { folder, files: written }, text })
  },
})

await startIfMain(import.meta.url, script)
