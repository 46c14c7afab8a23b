/** What the searches of the registry accept. Observed on MLflow 3.17.2. */
import { listed, textual, type Entity, type Field, type Grammar } from '../mlflow/grammar.ts'

const prefixes: Grammar['prefixes'] = { attribute: 'attribute', tag: 'tag', tags: 'tag' }

const grammar = (fields: Readonly<Record<string, Field>>, sortable: readonly string[]): Grammar => ({
  prefixes,
  field: (entity: Entity, key) => {
    if (entity === 'tag') return textual
    return Object.hasOwn(fields, key) ? fields[key] : undefined
  },
  sorts: (entity, key) => entity === 'attribute' && sortable.includes(key),
})

export const modelGrammar = grammar({ name: listed }, ['name', 'timestamp', 'last_updated_timestamp'])

export const versionGrammar = grammar(
  {
    name: listed,
    run_id: listed,
    source_path: listed,
    version_number: { kind: 'either', operators: ['=', '!=', '<', '<=', '>', '>='] },
  },
  ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'],
)
