#!/usr/bin/env node
import { resolve } from 'node:path'
import { hosts } from '../src/ci/model.ts'
import { readDefaultBranch } from '../src/cli/git.ts'
import { startIfMain } from '../src/cli/main.ts'
import { scaffold } from '../src/cli/scaffold.ts'
import { defineScript } from '../src/cli/script.ts'
import { Fail } from '../src/errors.ts'

const next = `next: npx brickrail validate
      npx brickrail deploy     (it runs on the embedded workspace)
      npx brickrail generate   (the CI pipelines, from the section ci of pipelines/brickrail.yml)`

const textOf = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** @throws Fail USAGE */
const hostsOf = (text: string | undefined): string[] | undefined => {
  const names = text?.split(',').map((name) => name.trim())
  const unknown = names?.find((name) => !hosts.some((host) => host === name))
  if (unknown !== undefined)
    throw new Fail('USAGE', { what: `there is no CI host «${unknown}»`, hint: `hosts: ${hosts.join(', ')}` })
  return names
}

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
    host: {
      type: 'string',
      description: 'CI hosts to generate pipelines for, with commas: gitlab, azure, github; all if not given',
      valueHint: 'names',
    },
    branch: {
      type: 'string',
      description: 'branch whose pushes deploy; if not given, the one that git knows as the default',
      valueHint: 'name',
    },
  },
  run: async (run) => {
    const folder = resolve(run.world.cwd, String(run.values['folder'] ?? '.'))
    const name = textOf(run.values['name'])
    const asked = hostsOf(textOf(run.values['host']))
    const branch = textOf(run.values['branch']) ?? (await readDefaultBranch(folder)) ?? 'main'
    const written = await scaffold(folder, { name, hosts: asked, branch })
    const text = `${written.length} files in ${folder}; pushes to ${branch} will deploy\n${next}`
    run.emit({ type: 'result', data: { folder, branch, files: written }, text })
  },
})

await startIfMain(import.meta.url, script)
