import { mkdirSync, writeFileSync } from 'node:fs'
import { jsonSchemas } from '../../src/config/json-schema.ts'

// Writes schemas/*.json from the code: `npm run schemas` after a change of src/config/schema.ts or cluster-fields.json.
const folder = new URL('../../schemas/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, schema] of Object.entries(jsonSchemas()))
  writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`)
