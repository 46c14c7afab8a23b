import { detectHost } from '../../host/detect.ts'
import { readGit } from '../git.ts'
import type { Session } from '../session.ts'
import type { Source } from './lineage.ts'

/** The commit that this run works on, as the CI host tells it, else Git; and whether the checkout is just that. */
export const sourceOf = async ({ run, project }: Pick<Session, 'run' | 'project'>): Promise<Source> => {
  const { commit: told, pipelineUrl } = detectHost(run.world.env)
  const [head, changes] = ((await readGit(project.root)).commit ?? '').split('+')
  const commit = told ?? (head || undefined)
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(pipelineUrl === undefined ? {} : { pipelineUrl }),
    // Just that commit: another one that is checked out is no clean tree of it.
    ...(head ? { cleanTree: changes === undefined && commit === head } : {}),
  }
}

/** Mail address of the author of the first of these commits that this clone has. */
export const authorOf = async (
  folder: string,
  commits: readonly (string | undefined)[],
): Promise<string | undefined> => {
  const { simpleGit } = await import('simple-git')
  for (const commit of commits)
    if (commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit))
      try {
        const author = (await simpleGit(folder).raw(['show', '--no-patch', '--format=%ae', commit])).trim()
        if (author !== '') return author
      } catch {
        // Not a commit of this clone: the next one may be.
      }
  return undefined
}
