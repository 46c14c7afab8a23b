import { Fail } from '../../errors.ts'
import type { VersionInfo } from '../../plan/state-registry.ts'
import { textTable, type Column } from '../../report/table.ts'
import { count } from '../../report/text.ts'
import type { Session } from '../session.ts'
import { metricNames, placesOf, rowOf, type ModelRow } from './models-row.ts'
import { undeclared } from './models-undeclared.ts'
import { type ModelSession } from './open.ts'
import { promotionsOf } from './record.ts'
import { showNumber } from './compare-rank.ts'
import { openModels } from './chosen.ts'

interface Listed {
  model: ModelSession
  /** How many there are. */
  total: number
  rows: ModelRow[]
}

/** Each promotion that is looked at is a request. */
const mostRecords = 60

/** The newest ones, and those at a place however old. */
const isShown =
  (limit: number) =>
  (one: VersionInfo, index: number): boolean =>
    index < limit || placesOf(one).length > 0

/** @param versions newest first */
export const shown = (versions: readonly VersionInfo[], limit: number): VersionInfo[] =>
  versions.filter(isShown(limit))

const list = async (model: ModelSession, limit: number): Promise<Listed> => {
  const { registry, policy } = model
  const isThere = (await registry.model(policy.name)) !== undefined
  const versions = isThere ? await registry.versions(policy.name, isShown(limit)) : []
  const records = versions.length === 0 ? [] : await promotionsOf(model, mostRecords)
  const rows = await Promise.all(shown(versions, limit).map((one) => rowOf(model, one, records)))
  return { model, total: versions.length, rows }
}

const day = (at: string): string => at.slice(0, 16).replace('T', ' ')

const columns = (metrics: readonly string[]): Column<ModelRow>[] => [
  { title: 'version', value: ({ version }) => version, align: 'right' },
  { title: 'status', value: ({ status }) => status },
  { title: 'at', value: ({ at }) => (at.length === 0 ? undefined : at.join(', ')) },
  ...metrics.map((name): Column<ModelRow> => ({
    title: name,
    value: (row) => showNumber(row.metrics[name]),
    align: 'right',
  })),
  { title: 'measured', value: ({ measured }) => (measured === 'nothing' ? undefined : measured) },
  { title: 'commit', value: ({ commit }) => commit?.slice(0, 8) },
  {
    title: 'tests',
    value: ({ tests }) =>
      tests && `${tests.passed} passed${tests.failed > 0 ? `, ${tests.failed} failed` : ''}`,
  },
  { title: 'verdict', value: ({ verdict }) => verdict },
  {
    title: 'promoted (UTC)',
    value: ({ promoted }) => promoted && `${promoted.place} ${day(promoted.at)} by ${promoted.by}`,
  },
]

const textOf = ({ model: { policy, registry }, total, rows }: Listed): string => {
  const title = `${policy.key}: ${policy.name} in ${registry.title}`
  if (total === 0) return `${title}: no version yet`
  const more = total > rows.length ? `\n${count(total - rows.length, 'older version')}: see --limit` : ''
  return `${title}\n\n${textTable(columns(metricNames(policy)), rows)}${more}`
}

/** A whole number from 1. @throws Fail USAGE */
export const limitOf = ({ run }: Session): number => {
  const limit = Number(run.values['limit'])
  if (Number.isInteger(limit) && limit > 0) return limit
  throw new Fail('USAGE', { what: '--limit is not a whole number from 1' })
}

/**
 * The versions of the chosen models, and what registries hold beside them.
 * @throws Fail USAGE, LEDGER_UNREADABLE
 */
export const models = async (session: Session): Promise<void> => {
  const limit = limitOf(session)
  const opened = await openModels(session)
  const listed = await Promise.all(opened.map((model) => list(model, limit)))
  const others = session.run.lists['model'] === undefined ? await undeclared(session, opened) : []
  const rest = others.map(({ title, names }) => `not declared, in ${title}: ${names.join(', ')}`)
  session.run.emit({
    type: 'result',
    data: {
      target: session.place.target,
      models: listed.map(({ model: { policy, registry }, total, rows }) => ({
        key: policy.key,
        name: policy.name,
        registry: registry.kind,
        total,
        versions: rows,
      })),
      undeclared: others,
    },
    text: [...listed.map(textOf), ...rest].join('\n\n'),
  })
}
