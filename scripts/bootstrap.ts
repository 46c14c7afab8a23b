#!/usr/bin/env node
import { projectArgs } from '../src/cli/args.ts'
import { startIfMain } from '../src/cli/main.ts'
import { defineScript, type Run } from '../src/cli/script.ts'

const textOf = (run: Run, name: string): string | undefined => {
  const value = run.values[name]
  return typeof value === 'string' ? value : undefined
}

export const script = defineScript({
  name: 'bootstrap',
  about: 'Set up a CI host for the generated pipelines: secrets, environments, approvals, checks, schedules.',
  args: {
    file: projectArgs.file,
    host: {
      type: 'enum',
      options: ['gitlab', 'azure', 'github'],
      description:
        'the CI host, else the only one of the spec; its token is read from GITLAB_TOKEN, AZURE_DEVOPS_EXT_PAT or GITHUB_TOKEN',
      valueHint: 'gitlab|azure|github',
    },
    repository: {
      type: 'string',
      description:
        'group/project, organization/project/repository or owner/repository; else the git remote origin',
      valueHint: 'address',
    },
    url: {
      type: 'string',
      description:
        'a server of your own; on Azure DevOps without the organization or collection, which --repository begins with',
      valueHint: 'https://host',
    },
    approver: {
      type: 'string',
      description: 'who approves deployments that need it, separated by commas',
      valueHint: 'name,name',
    },
    'dry-run': { type: 'boolean', description: 'say what would be done, and write nothing' },
    rotate: { type: 'boolean', description: 'set secrets again that are there already' },
  },
  run: async (run) => {
    const { bootstrap } = await import('../src/cli/bootstrap-run.ts')
    await bootstrap(run, {
      host: textOf(run, 'host'),
      repository: textOf(run, 'repository'),
      url: textOf(run, 'url'),
      approvers: (textOf(run, 'approver') ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
      dryRun: run.values['dry-run'] === true,
      rotate: run.values['rotate'] === true,
    })
  },
})

await startIfMain(import.meta.url, script)
