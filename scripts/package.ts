#!/usr/bin/env node
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { buildPackages, packageText } from '../src/cli/package.ts'
import { defineScript } from '../src/cli/script.ts'
import { openProject } from '../src/cli/session.ts'

/** Offline: nothing is asked of the workspace. */
export const script = defineScript({
  name: 'package',
  about:
    'Build the Python wheels of the project, reproducibly; `deploy` does so by itself. Needs no workspace.',
  args: {
    ...projectArgs,
    ...quietArg,
    names: {
      type: 'positional',
      required: false,
      description: 'only these packages; otherwise all',
      valueHint: 'package...',
    },
    out: {
      type: 'string',
      default: 'dist-packages',
      description: 'write the wheels to this folder',
      valueHint: 'folder',
    },
  },
  run: async (run) => {
    const project = await openProject(run, { offline: true })
    const packages = await buildPackages(run, project, {
      names: run.words,
      out: String(run.values['out']),
    })
    run.emit({
      type: 'result',
      data: { project: project.name, target: project.target.name, packages },
      text: packageText(packages),
    })
  },
})

await startIfMain(import.meta.url, script)
