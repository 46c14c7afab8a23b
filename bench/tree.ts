import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface TreeOptions {
  files: number
  /** So many files get one more line than they have in the tree without changes. */
  changed: number
}

export const filesPerFolder = 100

export const foldersOf = (files: number): number => Math.ceil(files / filesPerFolder)

/** Where the project syncs to. */
export const root = '/Shared/Bench'

interface Kind {
  extension: string
  /** First line; it makes a notebook of the file. */
  header?: string
  line: (n: number) => string
}

const number = (n: number) => String(n % 100_000)

const notebooks: readonly Kind[] = [
  {
    extension: 'py',
    header: '# Databricks notebook source',
    line: (n) => `value_${number(n)} = ${number(n * 7)}`,
  },
  { extension: 'sql', header: '-- Databricks notebook source', line: (n) => `SELECT ${number(n)} AS value;` },
  {
    extension: 'scala',
    header: '// Databricks notebook source',
    line: (n) => `val value${number(n)} = ${number(n)}`,
  },
  { extension: 'R', header: '# Databricks notebook source', line: (n) => `value <- ${number(n)}` },
]

const moduleKind: Kind = {
  extension: 'py',
  line: (n) => `def function_${number(n)}(x):  return x + ${number(n)}`,
}

const others: readonly Kind[] = [
  { extension: 'csv', line: (n) => `${number(n)},${number(n * 3)},${number(n * 11)}` },
  { extension: 'json', line: (n) => `{"value": ${number(n)}}` },
  { extension: 'sh', line: (n) => `echo ${number(n)}` },
  { extension: 'txt', line: (n) => `line ${number(n)}` },
]

const pick = (kinds: readonly Kind[], index: number): Kind => kinds[index % kinds.length] ?? moduleKind

/** Of each four files: one notebook, two Python modules, one of another kind. */
const kindOf = (index: number): Kind => {
  const quarter = Math.floor(index / 4)
  if (index % 4 === 0) return pick(notebooks, quarter)
  return index % 4 === 3 ? pick(others, quarter) : moduleKind
}

/** In the line that a changed file has more than before, and nowhere else. */
export const changedNumber = 99_999

/** 80 to 2,600 bytes, and no two files alike. */
const textOf = (index: number, changed: boolean): string => {
  const { header, line } = kindOf(index)
  const count = 8 + ((index * 7919) % 56)
  const lines = Array.from({ length: count }, (_, at) => line(index * 131 + at * 17 + 1))
  return [
    ...(header === undefined ? [] : [header]),
    ...lines,
    ...(changed ? [line(changedNumber)] : []),
    '',
  ].join('\n')
}

/** Those that `changed` is about: in different folders, of different kinds. */
const changedFiles = ({ files, changed }: TreeOptions): number[] =>
  Array.from({ length: changed }, (_, at) => (at * 307 + 42) % files)

const padded = (n: number, digits: number) => String(n).padStart(digits, '0')

const pathOf = (index: number): string =>
  `folder${padded(Math.floor(index / filesPerFolder), 3)}/file${padded(index, 5)}.${kindOf(index).extension}`

const project = `name: bench
targets:
  dev:
    host: \${env.DATABRICKS_HOST}
workspace:
  source: ../workspace
  path: ${root}
`

/** Write a project into a new folder: the same options give the same bytes. */
export const writeTree = async (folder: string, options: TreeOptions): Promise<void> => {
  const changed = new Set(changedFiles(options))
  await mkdir(join(folder, 'pipelines'), { recursive: true })
  await writeFile(join(folder, 'pipelines', 'brickrail.yml'), project)
  for (let first = 0; first < options.files; first += filesPerFolder) {
    await mkdir(join(folder, 'workspace', pathOf(first), '..'), { recursive: true })
    const indices = Array.from(
      { length: Math.min(filesPerFolder, options.files - first) },
      (_, n) => first + n,
    )
    await Promise.all(
      indices.map((index) =>
        writeFile(join(folder, 'workspace', pathOf(index)), textOf(index, changed.has(index))),
      ),
    )
  }
}

/** The object in the workspace that file `index` becomes; a notebook loses its extension. */
export const objectOf = (index: number): string => {
  const path = `${root}/${pathOf(index)}`
  return kindOf(index).header === undefined ? path : path.replace(/\.\w+$/, '')
}

/** The objects that the changed files become, in the order in which they were changed. */
export const changedObjects = (options: TreeOptions): string[] => changedFiles(options).map(objectOf)
