/** Commit and branch of the checkout; nothing when it is none, or git is not installed: a deployment does not depend on it. */
export const readGit = async (folder: string): Promise<{ commit?: string; branch?: string }> => {
  try {
    const { simpleGit } = await import('simple-git')
    const git = simpleGit(folder)
    const [commit, branch, status] = await Promise.all([
      git.revparse(['HEAD']),
      git.revparse(['--abbrev-ref', 'HEAD']),
      git.status(),
    ])
    return { commit: status.isClean() ? commit : `${commit}+changes`, branch }
  } catch {
    return {}
  }
}
