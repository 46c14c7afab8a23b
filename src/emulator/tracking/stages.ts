import type { ViewType } from '../../wire/tracking.ts'
import type { Sql } from '../mlflow/filter-sql.ts'

const views: readonly ViewType[] = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']

/** Protobuf takes the number of a name as well; what it does not know means the default. */
const viewOf = (value: unknown): ViewType =>
  views.find((view, index) => view === value || value === index + 1) ?? 'ACTIVE_ONLY'

/** The condition of a `view_type` on a column that is `active` or `deleted`. */
export const stagesOf = (column: string, view: unknown): Sql => {
  const chosen = viewOf(view)
  if (chosen === 'ALL') return { text: `${column} IN ('active', 'deleted')`, values: [] }
  return { text: `${column} = ?`, values: [chosen === 'ACTIVE_ONLY' ? 'active' : 'deleted'] }
}
