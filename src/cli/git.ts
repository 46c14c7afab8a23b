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

/**
 * The branch that people merge into: what the remote says, else main or master, else the branch of a repository that has no
 * commit yet. Never the branch that somebody happens to work on.
 */
export const readDefaultBranch = async (folder: string): Promise<string | undefined> => {
  try {
    const { simpleGit } = await import('simple-git')
    const git = simpleGit(folder)
    const names = (await git.raw(['for-each-ref', '--format=%(refname) %(symref)'])).trim().split('\n')
    const remote = names.find((line) => line.startsWith('refs/remotes/origin/HEAD '))?.split(' ')[1]
    if (remote) return remote.replace('refs/remotes/origin/', '')
    const known = ['main', 'master'].find((name) =>
      names.some((line) => new RegExp(`^refs/(?:heads|remotes/origin)/${name} `).test(`${line} `)),
    )
    if (known !== undefined || names.some((line) => line.startsWith('refs/heads/'))) return known
    return (await git.raw(['symbolic-ref', '--short', 'HEAD'])).trim()
  } catch {
    return undefined
  }
}
