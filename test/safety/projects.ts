import * as fc from 'fast-check'
import type { Harness } from '../support/harness.ts'
import { root } from './scenarios.ts'

/** A generated project. */
export interface Project {
  clusters: Record<string, Cluster>
  /** Content by path below workspace/. */
  files: Record<string, string>
}

interface Cluster {
  spec: Record<string, unknown>
  strategy: string
  libraries: Record<string, string[]>
}

const workers = fc.integer({ min: 1, max: 3 })

const size = fc.oneof(
  workers.map((num_workers) => ({ num_workers })),
  workers.map((min) => ({ autoscale: { min_workers: min, max_workers: min + 2 } })),
)

const some = (keys: readonly string[], value: fc.Arbitrary<string>) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: keys.length })

const maps = fc.record({
  spark_conf: some(
    ['spark.task.maxFailures', 'spark.speculation', 'spark.ui.port'],
    fc.constantFrom('1', '2'),
  ),
  custom_tags: some(['Team', 'Cost'], fc.constantFrom('red', 'blue')),
  spark_env_vars: some(['MODE'], fc.constantFrom('fast', 'safe')),
})

/** A package is there in one version or not at all. */
const libraries = fc.record({
  pypi: fc
    .tuple(
      fc.constantFrom(undefined, 'yfinance==0.2.1', 'yfinance==0.2.2'),
      fc.constantFrom(undefined, 'simplejson==3.19.2', 'simplejson==3.19.3'),
    )
    .map((packages) => packages.filter((name) => name !== undefined)),
  cran: fc.subarray(['tidyverse']),
})

const cluster: fc.Arbitrary<Cluster> = fc.record({
  spec: fc
    .tuple(size, maps, fc.constantFrom('Standard_DS3_v2', 'Standard_DS4_v2'), fc.constantFrom(30, 60))
    .map(([size, maps, node_type_id, autotermination_minutes]) => ({
      spark_version: '15.4.x-scala2.12',
      node_type_id,
      autotermination_minutes,
      ...size,
      ...maps,
    })),
  strategy: fc.constantFrom('auto', 'edit', 'blue-green', 'recreate'),
  libraries,
})

const header = '# Databricks notebook source\n'

/** The same few names as file, module, notebook and folder, so that two projects turn one into another. */
const entry = fc.tuple(
  fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  fc.constantFrom({ ending: '', head: '' }, { ending: '.py', head: '' }, { ending: '.py', head: header }),
  fc.constantFrom('1', '2', 'three'),
)

interface Placed {
  source: string
  /** Its path in the workspace: a notebook loses its extension. */
  path: string
  text: string
}

const clash = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

const collides = (one: Placed, other: Placed): boolean =>
  clash(one.path, other.path) || clash(one.source, other.source)

/** One file at least: an empty folder is only worth a warning. */
const files = fc.array(entry, { maxLength: 8 }).map((entries) => {
  const placed: Placed[] = [{ source: 'README.txt', path: 'README.txt', text: 'read me\n' }]
  for (const [steps, { ending, head }, text] of entries) {
    const path = steps.join('/')
    const file = { source: path + ending, path: head === '' ? path + ending : path, text: `${head}${text}\n` }
    if (!placed.some((other) => collides(file, other))) placed.push(file)
  }
  return Object.fromEntries(placed.map(({ source, text }) => [source, text]))
})

export const project: fc.Arbitrary<Project> = fc.record({
  clusters: fc.dictionary(fc.constantFrom('Main', 'Side'), cluster, { maxKeys: 2 }),
  files,
})

/** Put it in the place of what the folder holds. */
export const write = (harness: Harness, { clusters, files }: Project): void => {
  for (const folder of ['pipelines', 'workspace']) {
    harness.write(`${folder}/x`, '')
    harness.remove(folder)
  }
  const keys = Object.keys(clusters)
  const line = (key: string) =>
    `  ${key}: { spec: clusters/${key}.json, libraries: libraries/${key}.yml, strategy: ${clusters[key]?.strategy} }`
  const head = [
    'name: generated',
    'targets: { dev: { host: "${env.DATABRICKS_HOST}" } }',
    `workspace: { path: ${root} }`,
  ]
  const section = keys.length === 0 ? [] : ['clusters:', ...keys.map(line)]
  harness.write('pipelines/brickrail.yml', [...head, ...section, ''].join('\n'))
  for (const [key, { spec, libraries }] of Object.entries(clusters)) {
    harness.write(`pipelines/clusters/${key}.json`, JSON.stringify(spec))
    harness.write(`pipelines/libraries/${key}.yml`, JSON.stringify(libraries))
  }
  for (const [path, text] of Object.entries(files)) harness.write(`workspace/${path}`, text)
}
