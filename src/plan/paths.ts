/** Every folder that the files are in, ancestors included, below the root and without it. */
export const foldersOf = (files: readonly { path: string }[]): Set<string> => {
  const folders = new Set<string>()
  for (const { path } of files)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (folders.has(folder)) break
      folders.add(folder)
    }
  return folders
}
