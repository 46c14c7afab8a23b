/**
 * Commit and branch of the checkout; nothing when it is none, or git is not installed: a deployment does not depend on it.
 * One process only: https://git-scm.com/docs/git-status#_porcelain_format_version_2
 */
export const readGit = async (folder: string): Promise<{ commit?: string; branch?: string }> => {
  try {
    const { simpleGit } = await import('simple-git')
    const lines = (await simpleGit(folder).raw(['status', '--porcelain=v2', '--branch'])).trim().split('\n')
    const header = (name: string) =>
      lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3)
    const [commit, branch] = [header('branch.oid'), header('branch.head')]
    const changed = lines.some((line) => !line.startsWith('#'))
    return {
      ...(commit === undefined ? {} : { commit: changed ? `${commit}+changes` : commit }),
      ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    }
  } catch {
    return {}
  }
}
