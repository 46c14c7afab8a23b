/** What the searches for runs and experiments accept. Observed on MLflow 3.17.2; IS NULL is new since 3.11. */
import {
  listed,
  numeric,
  optional,
  textual,
  type Entity,
  type Field,
  type Grammar,
} from '../mlflow/grammar.ts'

type Fields = Readonly<Record<string, Field>>

const pick = (fields: Fields, key: string): Field | undefined =>
  Object.hasOwn(fields, key) ? fields[key] : undefined

/** Other names of an attribute, the UI's. */
export const runAttribute = (key: string): string => {
  if (key === 'created' || key === 'Created') return 'start_time'
  return /^run name$/i.test(key) ? 'run_name' : key
}

const runFields: Fields = {
  run_id: listed,
  run_name: textual,
  status: textual,
  user_id: textual,
  artifact_uri: textual,
  start_time: numeric,
  end_time: numeric,
}

const runEntities: Partial<Record<Entity, Field>> = { metric: numeric, param: optional, tag: optional }

const spelt = (entity: Entity, ...words: string[]): [string, Entity][] => words.map((word) => [word, entity])

export const runGrammar: Grammar = {
  prefixes: Object.fromEntries([
    ...spelt('metric', 'metric', 'metrics'),
    ...spelt('param', 'parameter', 'parameters', 'param', 'params'),
    ...spelt('tag', 'tag', 'tags'),
    ...spelt('attribute', 'attribute', 'attributes', 'attr', 'run'),
    ...spelt('dataset', 'dataset', 'datasets'),
  ]),
  field: (entity, key) => {
    if (entity === 'attribute') return pick(runFields, runAttribute(key))
    if (entity === 'dataset') return ['name', 'digest', 'context'].includes(key) ? listed : undefined
    return runEntities[entity]
  },
  sorts: (entity, key) =>
    entity === 'attribute' ? pick(runFields, runAttribute(key)) !== undefined : entity !== 'dataset',
}

const experimentFields: Fields = {
  name: textual,
  experiment_id: { kind: 'text', operators: ['=', '!=', 'IN', 'NOT IN'] },
  creation_time: numeric,
  last_update_time: numeric,
}

export const experimentGrammar: Grammar = {
  prefixes: { attribute: 'attribute', tag: 'tag', tags: 'tag' },
  field: (entity, key) => (entity === 'tag' ? optional : pick(experimentFields, key)),
  sorts: (entity, key) => entity === 'attribute' && pick(experimentFields, key) !== undefined,
}

/** Columns of logged models by what a search calls them. */
const modelColumnNames: Readonly<Record<string, string>> = {
  model_id: 'id',
  name: 'name',
  model_type: 'type',
  status: 'status',
  source_run_id: 'run',
  experiment_id: 'experiment',
  artifact_location: 'artifact_uri',
  creation_time: 'created',
  creation_timestamp: 'created',
  creation_timestamp_ms: 'created',
  last_updated_timestamp: 'updated',
  last_updated_timestamp_ms: 'updated',
}

export const modelColumn = (key: string): string | undefined =>
  Object.hasOwn(modelColumnNames, key) ? modelColumnNames[key] : undefined

const modelField = (key: string): Field | undefined => {
  const column = modelColumn(key)
  if (column === undefined) return undefined
  return column === 'created' || column === 'updated' ? numeric : listed
}

export const modelGrammar: Grammar = {
  prefixes: { attributes: 'attribute', metrics: 'metric', params: 'param', tags: 'tag' },
  field: (entity, key) => {
    if (entity === 'attribute') return modelField(key)
    return entity === 'metric' ? numeric : listed
  },
  sorts: (entity) => entity === 'attribute',
}
