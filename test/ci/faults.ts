import { loadPipelines } from '../../src/config/pipelines.ts'
import { temporary, write } from '../config/project.ts'
import { withCi } from './spec.ts'

export interface Found {
  /** `rule at «what is written there»` */
  at: string
  message: string
  hint: string | undefined
}

/** Name, lines of the section `ci`, faults. */
export type Row = [name: string, lines: string[], faults: string[]]

/** The faults of a section `ci`, as `rule at «what is written there»`. */
export const faultsOf = async (...lines: string[]): Promise<Found[]> => {
  const text = withCi('hosts: [gitlab, azure, github]', ...lines)
  const cwd = write(temporary(), {
    'pipelines/brickrail.yml': text,
    'package.json': JSON.stringify({ scripts: { build: 'tsc', test: 'vitest' } }),
    'scripts/train.sh': 'true\n',
  })
  const { faults } = await loadPipelines({ cwd, today: '2026-11-21' })
  const source = text.split('\n')
  return faults.map(({ line, column, rule, message, hint }) => {
    const written = /^("[^"]*"|'[^']*'|[^\s,\]}]+)/.exec(source[line - 1]?.slice(column - 1) ?? '')?.[0]
    return { at: `${rule} at «${written}»`, message, hint }
  })
}

export const job = (fields: string): string[] => ['jobs:', `  train: { ${fields} }`]
export const command = 'command: validate'
