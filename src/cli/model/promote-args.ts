import type { ArgsDef } from 'citty'

/** What `promote` and `rollback-model` have in common. An empty one counts as not given: CI hosts pass on inputs as they are. */
export const promotionArgs = {
  model: {
    type: 'string',
    description: 'key of a model; if not given, every declared one',
    valueHint: 'key',
  },
  version: {
    type: 'string',
    description: 'the version; if not given, the one that is its turn',
    valueHint: 'n',
  },
  comment: { type: 'string', description: 'kept in the record and in the registry', valueHint: 'text' },
  timeout: {
    type: 'string',
    default: '600',
    description: 'wait so long for the version to be READY',
    valueHint: 'seconds',
  },
  'lock-timeout': {
    type: 'string',
    default: '0',
    description: 'wait so long for another run to end',
    valueHint: 'seconds',
  },
} as const satisfies ArgsDef
