/** What differs from run to run, and is not what the test is about. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // oxlint-disable-next-line no-control-regex
  [/\u001B\[0Ksection_(start|end):\d+:([\w.-]+)\r\u001B\[0K/g, '<section $1 $2>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, '<time>'],
  [/^ *(?:\d+m\d\d|\d+\.\d)s/gm, '   0.0s'],
  [/\b(?:\d+m\d\d|\d+\.\d)s\b/g, '0.0s'],
  [/(?<=<time> +)\d+(?= )/g, '<seconds>'],
  [/\b\d{19}\b/g, '<int64>'],
  [/(?<=brickrail )\d+\.\d+\.\d+/g, '<version>'],
]

const clusterId = /\b\d{4}-\d{6}-[0-9a-z]{8}\b/g

/** Cluster ids become <cluster 1>, <cluster 2>, in the order in which they are first seen. */
export const createNormaliser = (folder: string): ((text: string) => string) => {
  const ids = new Map<string, string>()
  const nameOf = (id: string): string => {
    const name = ids.get(id) ?? `<cluster ${ids.size + 1}>`
    ids.set(id, name)
    return name
  }
  return (text) =>
    patterns
      .reduce((done, [pattern, name]) => done.replaceAll(pattern, name), text.replaceAll(folder, '<folder>'))
      .replaceAll(clusterId, nameOf)
}
