import { base64, type Ask } from './workspace-at.ts'

/** Short names for the calls of the tree. */
export const treeOf = (ask: Ask, ok: Ask) => {
  const importJson: (path: string, text: string, over?: Record<string, unknown>) => ReturnType<Ask> = (
    path,
    text,
    over = {},
  ) => ask('POST', '/api/2.0/workspace/import', { path, content: base64(text), format: 'AUTO', ...over })
  const status = async (path: string) =>
    (await ask('GET', `/api/2.0/workspace/get-status?path=${encodeURIComponent(path)}`)).body
  const list = async (path: string) =>
    (await ok('GET', `/api/2.0/workspace/list?path=${encodeURIComponent(path)}`)).body
  const download = async (path: string, format = ''): Promise<string> => {
    const query = `path=${path}&direct_download=true${format && `&format=${format}`}`
    return (await ok('GET', `/api/2.0/workspace/export?${query}`)).body.toString()
  }
  return { importJson, status, list, download }
}

export const paths = (body: { objects?: { path: string }[] }): string[] =>
  (body.objects ?? []).map(({ path }) => path)

export const ipynb = JSON.stringify({
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['# Title\n', 'text'] },
    {
      cell_type: 'code',
      metadata: {},
      source: ['print(1)\n', 'print(2)'],
      outputs: [],
      execution_count: null,
    },
    { cell_type: 'code', metadata: {}, source: '%sql\nSELECT 1', outputs: [], execution_count: null },
  ],
  metadata: { language_info: { name: 'python' } },
  nbformat: 4,
  nbformat_minor: 0,
})
