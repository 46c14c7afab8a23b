#!/usr/bin/env node
import { projectArgs, quietArg } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript } from '../src/cli/script.ts'
import { openProject } from '../src/cli/session.ts'

/** Offline: nothing is asked of the workspace. */
export const script = defineScript({
  name: 'validate',
  about: 'Check every file of the project; all faults at once, with file:line:column. Needs no workspace.',
  args: { ...projectArgs, ...quietArg },
  run: async (run) => {
    const { name, target, desired, models } = await openProject(run, { offline: true })
    const files = desired.files?.files.length ?? 0
    const { packages = [], apps = [], jobs = [] } = desired
    const code = Object.entries({ packages, apps, jobs, models }).filter(([, list]) => list.length > 0)
    const data = {
      project: name,
      target: target.name,
      clusters: desired.clusters.map(({ key }) => key),
      files,
      ...Object.fromEntries(code.map(([kind, list]) => [kind, list.map(({ key }) => key)])),
    }
    const counts = code.map(([kind, list]) => `, ${list.length} ${kind.replace(/s$/, '(s)')}`).join('')
    const text = `${name} is valid for target ${target.name}: ${desired.clusters.length} cluster(s), ${files} file(s)${counts}`
    run.emit({ type: 'result', data, text })
  },
})

await startIfMain(import.meta.url, script)
