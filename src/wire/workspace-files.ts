import { endpoint, type Empty } from './endpoint.ts'

/** `/api/2.0/workspace-files`: raw bytes of workspace files; import-file is on its way out (databricks/cli#5165). */
export const workspaceFiles = {
  importFile: endpoint<{ path: string; overwrite?: boolean; content: Uint8Array }, Empty>(
    'POST',
    '/api/2.0/workspace-files/import-file/{path*}',
    { input: 'bytes' },
  ),
  get: endpoint<{ path: string }, Uint8Array>('GET', '/api/2.0/workspace-files/{path*}', { output: 'bytes' }),
}
