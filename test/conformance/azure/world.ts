import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { GeneratedFile } from '../../../src/ci/model.ts'
import { startAzure, type AzureFake } from '../../host/fakes/azure.ts'
import { cluster, type Size } from '../ci/sample.ts'
import { serve, type Workspace } from '../ci/workspace.ts'
import { createRepository, git, type Repository } from '../github/repository.ts'
import { execute, type Ended, type Group, type Place } from './agent.ts'
import { service, type Run } from './service.ts'

const token = 'dapi-of-the-azure-jobs'
export const notebook = 'workspace/notebooks/prepare_features.py'

/** Reads what the other jobs of its pipeline have found. */
const report = {
  stage: 'test',
  script: [`printf 'deployment %s, changes %s\\n' "$deployment" "$changes"`],
  needs: ['check-pipelines', 'sync-workspace'],
}

export interface Outcome {
  /** Ids of the jobs that ran, in this order. */
  ran: string[]
  /** Of jobs that are in several pipelines: the first. */
  jobs: Record<string, Ended>
  /** Ids of those that failed. */
  failed: string[]
  /** What they said. */
  faults: string
}

type Given = Partial<Place>

/** A project on Azure DevOps, with the workspace that it is deployed to. */
export interface World {
  workspace: Workspace
  azure: AzureFake
  repository: Repository
  group(): Group
  /** Azure, with the pipelines as they are in the clone. */
  service(): ReturnType<typeof service>
  happen(runs: readonly Run[], given: Given & Pick<Place, 'commit'>): Promise<Outcome>
  /** Somebody pushes to master what has changed; all that this starts. */
  push(changed: readonly string[], given?: Given): Promise<Outcome>
  resize(from: number, to: number): void
  comment(text: string): void
  close(): Promise<void>
}

const outcome = (ended: readonly Ended[]): Outcome => {
  const failed = ended.filter(({ status }) => status !== 0)
  return {
    ran: ended.map(({ id }) => id),
    jobs: Object.fromEntries(ended.toReversed().map((one) => [one.id, one])),
    failed: failed.map(({ id }) => id),
    faults: failed.map(({ id, status, text }) => `${id} ended with ${status}:\n${text}`).join('\n'),
  }
}

/** The agent takes the lines out that tell it of a secret. */
const visible = ({ text }: Ended): string => text.replaceAll(/^##vso\[task\.setsecret\].*$/gm, '')

export const openWorld = async (size?: Size): Promise<World> => {
  const folder = mkdtempSync(join(tmpdir(), 'brickrail-azure-'))
  const [workspace, azure] = [await serve(token), await startAzure()]
  const repository = createRepository(folder, { hosts: ['azure'], jobs: { report } }, size)
  repository.generate()
  const files = (): GeneratedFile[] =>
    git(join(folder, 'clone'), folder, 'ls-files', '--cached', '--others', 'azure-pipelines')
      .split('\n')
      .map((path) => ({ path, text: repository.read(path), owner: 'brickrail' }))
  const group = (): Group => ({
    plain: { databricks_host: workspace.url },
    secret: { databricks_token: token },
  })
  const happen: World['happen'] = async (runs, given) => {
    const ended: Ended[] = []
    const groups = { databricks_cli: group(), databricks_cli_plan: group() }
    const place = { folder, url: repository.url, groups, ...given }
    for (const run of runs) ended.push(...(await execute(run, place)))
    expect(ended.map(visible).join('\n')).not.toContain(token)
    return outcome(ended)
  }
  const started = () => service(files(), 'master')
  return {
    workspace,
    azure,
    repository,
    group,
    service: started,
    happen,
    push: async (changed, given = {}) => {
      const { after } = repository.push('master')
      const runs = started().started({ event: 'push', changed }, 'azure-repos')
      return await happen(runs, { commit: { sha: after, ref: 'refs/heads/master' }, ...given })
    },
    resize: (from, to) =>
      repository.edit(cluster, (text) => text.replace(`"num_workers": ${from}`, `"num_workers": ${to}`)),
    comment: (text) => repository.edit(notebook, (old) => `${old}\n# ${text}\n`),
    close: async () => {
      await azure.close()
      await workspace.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
