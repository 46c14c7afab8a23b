import type { ArgsDef } from 'citty'

/** Of commands that do every model unless some are named. An empty one counts as not given: CI hosts pass on inputs as they are. */
export const everyModelArg = {
  model: {
    type: 'string',
    description: 'key of a model; may be repeated; if not given, every declared one',
    valueHint: 'key',
  },
} as const satisfies ArgsDef

/** Of commands about one model. */
export const oneModelArg = {
  model: {
    type: 'string',
    description: 'key of the model; needed where several are declared',
    valueHint: 'key',
  },
} as const satisfies ArgsDef

export const versionArg = {
  version: {
    type: 'string',
    description: 'the version; if not given, the one that is its turn',
    valueHint: 'n',
  },
} as const satisfies ArgsDef

/** @param description what is done there */
export const placeArg = (description: string) =>
  ({
    to: {
      type: 'enum',
      options: ['staging', 'production'],
      required: true,
      description,
      valueHint: 'staging|production',
    },
  }) as const satisfies ArgsDef

/** What `train` and `retrain` have in common. */
export const trainingArgs = {
  ...everyModelArg,
  param: {
    type: 'string',
    description: 'set a parameter of the training job; may be repeated',
    valueHint: 'name=value',
  },
  timeout: {
    type: 'string',
    default: '0',
    description: 'cancel the training after so long; 0: as long as the job allows',
    valueHint: 'seconds',
  },
} as const satisfies ArgsDef

/** What `promote` and `rollback-model` have in common. */
export const promotionArgs = {
  ...everyModelArg,
  ...versionArg,
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
