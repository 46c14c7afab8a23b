import type { Store } from '../../src/emulator/server/store.ts'

const queries = [
  'SELECT id, doc FROM clusters ORDER BY seq',
  'SELECT cluster, identity, doc FROM libraries ORDER BY cluster, seq',
  'SELECT doc FROM jobs ORDER BY seq',
  'SELECT * FROM grants ORDER BY object, kind, principal',
  'SELECT name, number, model_versions.stage, status FROM registered_models JOIN model_versions ON model = registered_models.id ORDER BY name, number',
  'SELECT name, alias, number FROM registered_models JOIN model_aliases ON model = registered_models.id ORDER BY name, alias',
  'SELECT name, number, stage, user FROM registered_models JOIN transition_requests ON model = registered_models.id ORDER BY 1, 2, 3, 4',
  'SELECT name, key, value FROM registered_models JOIN registered_model_tags ON model = registered_models.id ORDER BY name, key',
  `SELECT path, type, language, format, CAST(bytes AS TEXT) AS text
   FROM objects LEFT JOIN contents USING (id) ORDER BY path`,
]

const cluster = /\d{4}-\d{6}-[a-z0-9]{8}/g
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
const iso = /\d{4}-\d\d-\d\dT[\d:.]+Z/g
const timeOrId = /\d{10,}/g

/**
 * All that a workspace knows, but for ids and moments: two of one fingerprint, met in one story, are one state. Whether a
 * state was shown already is part of it.
 */
export const fingerprint = (store: Store): string => {
  const numbers = new Map<string, number>()
  const ordinal = (id: string): string => {
    const number = numbers.get(id) ?? numbers.size
    numbers.set(id, number)
    return `cluster ${number}`
  }
  return JSON.stringify(queries.map((query) => store.all(query)))
    .replaceAll(uuid, 'uuid')
    .replaceAll(iso, 'moment')
    .replaceAll(cluster, ordinal)
    .replaceAll(timeOrId, 'number')
}
