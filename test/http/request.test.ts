import { describe, expect, it } from 'vitest'
import { prepare } from '../../src/http/request.ts'
import { clusters } from '../../src/wire/clusters.ts'
import { dbfsBytes } from '../../src/wire/dbfs.ts'
import type { AnyEndpoint } from '../../src/wire/endpoint.ts'
import { jobs } from '../../src/wire/jobs.ts'
import { loggedModels } from '../../src/wire/logged-models.ts'
import { permissions } from '../../src/wire/permissions.ts'
import { workspaceFiles } from '../../src/wire/workspace-files.ts'
import { workspace, workspaceBytes } from '../../src/wire/workspace.ts'
import { host } from './support.ts'

/** endpoint, input -> path and query, JSON body. */
const rows: [string, AnyEndpoint, Record<string, unknown>, string, string | undefined][] = [
  ['a query', clusters.get, { cluster_id: '1-2' }, '/api/2.1/clusters/get?cluster_id=1-2', undefined],
  ['no query', clusters.list, {}, '/api/2.1/clusters/list', undefined],
  [
    'dotted names, lists and flags',
    clusters.list,
    { 'filter_by.cluster_sources': ['UI', 'API'], 'filter_by.is_pinned': true, page_token: undefined },
    '/api/2.1/clusters/list?filter_by.cluster_sources=UI&filter_by.cluster_sources=API&filter_by.is_pinned=true',
    undefined,
  ],
  [
    'text that needs escaping',
    workspace.list,
    { path: '/Shared/ä b&c=1#+' },
    '/api/2.0/workspace/list?path=%2FShared%2F%C3%A4+b%26c%3D1%23%2B',
    undefined,
  ],
  [
    'an int64 in a query',
    jobs.get,
    { job_id: 9_007_199_254_740_993n },
    '/api/2.2/jobs/get?job_id=9007199254740993',
    undefined,
  ],
  [
    'an int64 in a body',
    jobs.update,
    { job_id: 9_007_199_254_740_993n, new_settings: {} },
    '/api/2.2/jobs/update',
    '{"job_id":9007199254740993,"new_settings":{}}',
  ],
  [
    'zero workers are sent',
    clusters.resize,
    { cluster_id: 'a', num_workers: 0 },
    '/api/2.1/clusters/resize',
    '{"cluster_id":"a","num_workers":0}',
  ],
  [
    'names in the path do not travel twice',
    permissions.update,
    { request_object_type: 'clusters', request_object_id: 'a/b', access_control_list: [] },
    '/api/2.0/permissions/clusters/a%2Fb',
    '{"access_control_list":[]}',
  ],
  [
    'a path in the path keeps its slashes',
    workspaceFiles.get,
    { path: '/Shared/a b/c?.txt' },
    '/api/2.0/workspace-files/Shared/a%20b/c%3F.txt',
    undefined,
  ],
]

describe('prepare', () => {
  it.each(rows)('%s', (_name, endpoint, input, url, body) => {
    const prepared = prepare(host, endpoint, input)
    expect(prepared.url).toBe(host + url)
    expect(prepared.body).toBe(body)
    expect(prepared.path).toBe(url.split('?')[0])
    expect(prepared.headers['content-type']).toBe(body === undefined ? undefined : 'application/json')
  })

  it('multipart: fields first, then the bytes as they are, readable for a parser that is not ours', async () => {
    const content = new Uint8Array([0, 255, 10, 13])
    const input = { path: '/Shared/x', format: 'RAW', overwrite: true, language: undefined, content }
    const { body, headers } = prepare(host, workspaceBytes.upload, input)
    const type = headers['content-type'] ?? ''
    const form = await new Response(body ?? '', { headers: { 'content-type': type } }).formData()
    expect([...form.keys()]).toEqual(['path', 'format', 'overwrite', 'content'])
    expect(form.get('overwrite')).toBe('true')
    const part = form.get('content')
    if (!(part instanceof Blob)) throw new Error('content is no file')
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(content)
  })

  it('multipart: the part has the name of its member', async () => {
    const contents = new Uint8Array([0, 255, 10, 13])
    const { body, headers } = prepare(host, dbfsBytes.upload, { path: '/a', contents, overwrite: false })
    const type = headers['content-type'] ?? ''
    const form = await new Response(body ?? '', { headers: { 'content-type': type } }).formData()
    expect([...form.keys()]).toEqual(['path', 'overwrite', 'contents'])
    const part = form.get('contents')
    if (!(part instanceof File)) throw new Error('contents is no file')
    expect([part.name, new Uint8Array(await part.arrayBuffer())]).toEqual(['contents', contents])
  })

  it('raw bytes: the other fields are the query', () => {
    const content = new Uint8Array([1])
    const prepared = prepare(host, workspaceFiles.importFile, { path: '/Shared/x', overwrite: true, content })
    expect(prepared.url).toBe(`${host}/api/2.0/workspace-files/import-file/Shared/x?overwrite=true`)
    expect(prepared.body).toBe(content)
  })

  it('repeats in the body what of the path the endpoint wants there', () => {
    const prepared = prepare(host, loggedModels.finalize, { model_id: 'm-1', status: 'LOGGED_MODEL_READY' })
    expect(prepared.path).toBe('/api/2.0/mlflow/logged-models/m-1')
    expect(prepared.body).toBe('{"model_id":"m-1","status":"LOGGED_MODEL_READY"}')
  })

  it('does not change its input', () => {
    const input = Object.freeze({ request_object_type: 'jobs', request_object_id: '1' })
    expect(prepare(host, permissions.get, input).path).toBe('/api/2.0/permissions/jobs/1')
  })
})
