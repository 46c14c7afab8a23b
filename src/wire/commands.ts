import { endpoint } from './endpoint.ts'

/** https://docs.databricks.com/api/workspace/commandexecution: API 1.2, with its own names and error form `{error}`. */
export type ContextStatus = 'Pending' | 'Running' | 'Error'
export type CommandStatus = 'Queued' | 'Running' | 'Cancelling' | 'Cancelled' | 'Finished' | 'Error'

export interface CommandResults {
  resultType: 'text' | 'error' | 'table' | 'image' | 'images'
  /** Text of the cell. */
  data?: string
  /** Of an error: the one-line summary and the trace. */
  summary?: string
  cause?: string
}

interface InContext {
  clusterId: string
  contextId: string
}

export const commands = {
  createContext: endpoint<{ clusterId: string; language: string }, { id: string }>(
    'POST',
    '/api/1.2/contexts/create',
  ),
  contextStatus: endpoint<InContext, { id: string; status: ContextStatus }>(
    'GET',
    '/api/1.2/contexts/status',
  ),
  destroyContext: endpoint<InContext, { id: string }>('POST', '/api/1.2/contexts/destroy'),
  execute: endpoint<InContext & { language: string; command: string }, { id: string }>(
    'POST',
    '/api/1.2/commands/execute',
  ),
  status: endpoint<
    InContext & { commandId: string },
    { id: string; status: CommandStatus; results?: CommandResults }
  >('GET', '/api/1.2/commands/status'),
  cancel: endpoint<InContext & { commandId: string }, { id: string }>('POST', '/api/1.2/commands/cancel'),
}
