import { codeOf, packageOf, roomOf, targetOf, type Import, type SourceFile } from './sources.ts'

interface Room {
  /** Rooms that it may import at run time; `*` is all of them. */
  rooms: readonly string[]
  /** Rooms of which it may import types besides; `*` is all of them. */
  types?: readonly string[]
  /** The only packages (and `node:` modules) it may use at run time; any when it is left out. */
  packages?: readonly string[]
}

export type Rooms = Readonly<Record<string, Room>>

/** Files whose types everybody may use. */
export type FreeTypes = (target: string) => boolean

const has = (rooms: readonly string[] | undefined, room: string): boolean =>
  rooms !== undefined && (rooms.includes('*') || rooms.includes(room))

const mayImport = (room: Room, from: string, to: string, { type }: Import): boolean =>
  from === to || has(room.rooms, to) || (type && has(room.types, to))

const importFault = (file: SourceFile, one: Import, rooms: Rooms, free: FreeTypes): string | undefined => {
  const from = roomOf(file.path)
  const room = rooms[from]
  if (!room) return `${file.path}: there is no room «${from}» in the table`
  const target = targetOf(file, one)
  if (target === undefined) {
    const used = packageOf(one.specifier)
    const fine = one.type || !room.packages || room.packages.includes(used)
    return fine ? undefined : `${file.path}: ${from} may not use ${used}`
  }
  if (!target.startsWith('src/')) return `${file.path}: imports ${target}, which is not below src/`
  if ((one.type && free(target)) || mayImport(room, from, roomOf(target), one)) return undefined
  return `${file.path}: ${from} may not import ${one.type ? 'types of ' : ''}${roomOf(target)} (${target})`
}

/** Imports that the table of rooms does not allow, and rooms that it does not know. */
export const roomFaults = (files: readonly SourceFile[], rooms: Rooms, free: FreeTypes): string[] =>
  files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((file) =>
      file.imports.length > 0
        ? file.imports.flatMap((one) => importFault(file, one, rooms, free) ?? [])
        : rooms[roomOf(file.path)]
          ? []
          : [`${file.path}: there is no room «${roomOf(file.path)}» in the table`],
    )

const byPath = (files: readonly SourceFile[]): Map<string, SourceFile> =>
  new Map(files.map((file) => [file.path, file]))

const targetsOf = (file: SourceFile): string[] => file.imports.flatMap((one) => targetOf(file, one) ?? [])

/** Cycles of imports, types included, at least one for every knot: `a.ts -> b.ts -> a.ts`. */
export const cycles = (files: readonly SourceFile[]): string[] => {
  const known = byPath(files)
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'open') found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    const file = known.get(path)
    if (state.has(path) || !file) return
    state.set(path, 'open')
    for (const target of targetsOf(file)) visit(target, [...trail, path])
    state.set(path, 'done')
  }
  for (const file of files) visit(file.path, [])
  return found
}

/** Ways by which a file of room `from` reaches room `to`, through any others: the first way of each file. */
export const waysBetween = (files: readonly SourceFile[], from: string, to: string): string[] => {
  const known = byPath(files)
  const way = (start: SourceFile): string[] | undefined => {
    const seen = new Set([start.path])
    const queue = [[start.path]]
    for (let trail = queue.shift(); trail; trail = queue.shift()) {
      const last = trail.at(-1) ?? ''
      if (roomOf(last) === to) return trail
      const file = known.get(last)
      for (const target of file ? targetsOf(file) : []) {
        if (!seen.has(target)) queue.push([...trail, target])
        seen.add(target)
      }
    }
    return undefined
  }
  return files
    .filter(({ path }) => path.startsWith('src/') && roomOf(path) === from)
    .flatMap((file) => way(file)?.join(' -> ') ?? [])
}

export const tooLong = (files: readonly SourceFile[], most: number): string[] =>
  files.filter(({ lines }) => lines > most).map(({ path, lines }) => `${path}: ${lines} lines`)

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Lines of code (comments aside) that a pattern finds, as `path:line: text`. */
export const found = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap(({ path, text }) =>
    codeOf(text)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )

export const patterns = {
  environment:
    /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env)|\benv\b[^=]*\}\s*=\s*process\b|\benv\b[^}]*\}\s*from\s+'(?:node:)?process'/,
  defaultExport: /^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/,
  impure:
    /\bDate\b|\bMath\.random\b|\bprocess\b|\bperformance\b|\bcrypto\b|\bglobalThis\b|\bconsole\b|\bset(?:Timeout|Interval|Immediate)\b/,
} as const

/** Static imports of packages that only a lazy `import()` may load. */
export const eager = (files: readonly SourceFile[], lazy: readonly string[]): string[] =>
  files.flatMap(({ path, imports }) =>
    imports
      .filter((one) => !one.type && !one.dynamic && lazy.includes(packageOf(one.specifier)))
      .map(({ specifier }) => `${path}: ${specifier}`),
  )

/** Names without a line of their own below the heading «Dependencies» of a Markdown page. */
export const withoutReason = (page: string, names: readonly string[]): string[] => {
  const [, section = ''] = page.split(/^#+ .*\bDependencies\b.*$/m)
  const lines = (section.split(/^#{1,2} /m)[0] ?? '').split('\n')
  const tells = (line: string, name: string): boolean =>
    line.split(/[\s`*|,:()]+/).includes(name) && line.length > name.length + 20
  return names.filter((name) => !lines.some((line) => tells(line, name)))
}
