import { Scalar, type Node } from 'yaml'

/** A tag can be moved to other code, a commit cannot. The version stands behind it, where update bots read and write it. */
const pinned = (name: string, commit: string, version: string): Node => {
  const node = new Scalar(`${name}@${commit}`)
  node.comment = ` ${version}`
  return node
}

export interface Step {
  id?: string | undefined
  name?: string
  if?: string
  uses?: Node
  with?: Readonly<Record<string, unknown>>
  run?: string
  env?: Readonly<Record<string, string>> | undefined
}

/** The token of the checkout is not left in `.git/config`, where every later step could read it. */
export const checkout = (history: boolean): Step => ({
  uses: pinned('actions/checkout', '3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'),
  with: { 'persist-credentials': false, ...(history && { 'fetch-depth': 0 }) },
})

export const setupNode = (): Step => ({
  uses: pinned('actions/setup-node', '820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'),
  with: { 'node-version': 24 },
})

/** Since v4.4 the action leaves out whatever lies in a folder or file whose name begins with a dot, unless told. */
const isHidden = (path: string): boolean => path.split('/').some((part) => /^\.[^.]/.test(part))

/** Also of a failed job: its reports are wanted most. */
export const upload = (name: string, paths: readonly string[]): Step => ({
  if: 'always()',
  uses: pinned('actions/upload-artifact', 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f', 'v7.0.0'),
  with: {
    name,
    path: paths.join('\n'),
    'if-no-files-found': 'ignore',
    ...(paths.some(isHidden) && { 'include-hidden-files': true }),
  },
})
