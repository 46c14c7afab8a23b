import { execFileSync } from 'node:child_process'

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
    // `(initial)`: there is no commit yet.
    const [oid, branch] = [header('branch.oid'), header('branch.head')]
    const commit = oid?.startsWith('(') ? undefined : oid
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

/** Full hash of the commit that is checked out; undefined when there is none. Not asynchronous: it is asked in the middle of a value. */
export const headOf = (folder: string): string | undefined => {
  try {
    const said = execFileSync('git', ['rev-parse', '--verify', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim() || undefined
  } catch {
    return undefined
  }
}

/** A command line has an end; beyond it the folder stands for its files. */
const mostPaths = 5000

/**
 * The commit that last touched one of the files of a folder: one to its neighbours is no news for what is made of them. `shallow`: it lies before what this clone holds, where every commit looks as if it had
 * touched everything; undefined when this is no checkout or nothing in the folder was ever committed.
 */
export const lastChangeOf = async (
  folder: string,
  files: readonly string[],
): Promise<{ commit: string; time: number } | 'shallow' | undefined> => {
  try {
    const { simpleGit } = await import('simple-git')
    const git = simpleGit(folder)
    const paths = files.length > mostPaths ? ['.'] : files
    const asked = ['--literal-pathspecs', 'log', '-1', '--format=%H %ct %P', '--', ...paths]
    const line = (await git.raw(asked)).trim()
    const [commit, time, parent] = line.split(' ')
    if (!commit) return undefined
    const isFirst = parent === undefined
    if (isFirst && (await git.raw(['rev-parse', '--is-shallow-repository'])).trim() === 'true')
      return 'shallow'
    return { commit, time: Number(time) }
  } catch {
    return undefined
  }
}
