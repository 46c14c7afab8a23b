import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../version.ts'

/** In the order in which a notebook needs them: each uses what stands before it. */
const parts = ['data.py', 'metrics.py', 'models.py', 'main.py']

const folder = join(packageRoot, 'src', 'cli', 'model', 'evaluator')

/** The notebook that measures models, in Databricks' source format: one cell of each part. */
export const evaluatorSource = async (): Promise<string> => {
  const cells = await Promise.all(parts.map((name) => readFile(join(folder, name), 'utf8')))
  return ['# Databricks notebook source', cells.join('\n# COMMAND ----------\n\n')].join('\n')
}
