import { describe, expect, it } from 'vitest'
import { ApiError, hasCode, isMissing, readErrorBody } from '../../src/http/api-error.ts'

const bodies: [string, number, string, string, string][] = [
  ['JSON', 400, '{"error_code":"INVALID_STATE","message":"busy"}', 'INVALID_STATE', 'busy'],
  ['JSON without a code', 400, '{"message":"no"}', 'UNKNOWN', 'no'],
  ['JSON without a message', 400, '{"error_code":"X"}', 'X', 'X'],
  ['a code that is a number', 400, '{"error_code":1003,"message":"x"}', '1003', 'x'],
  ['API 1.2', 400, '{"error":"ContextNotFound"}', 'UNKNOWN', 'ContextNotFound'],
  [
    'OAuth',
    401,
    '{"error":"invalid_client","error_description":"wrong secret"}',
    'invalid_client',
    'wrong secret',
  ],
  ['SCIM', 404, '{"detail":"no user","status":"404","scimType":"x"}', 'SCIM_404', 'no user'],
  ['SCIM without a status', 400, '{"detail":"no"}', 'SCIM_ERROR', 'no'],
  [
    'plain CODE: message',
    400,
    'MALFORMED_REQUEST: not JSON\nat all',
    'MALFORMED_REQUEST',
    'not JSON\nat all',
  ],
  ['plain text', 502, ' Bad gateway \n', 'HTTP_502', 'Bad gateway'],
  ['HTML with pre', 500, '<html><body><pre>world unreachable</pre>', 'HTTP_500', 'world unreachable'],
  ['HTML with a title', 503, '<html><title>Sorry</title>', 'HTTP_503', 'Sorry'],
  ['HTML without any', 503, '<html></html>', 'HTTP_503', 'status 503 without a message'],
  ['nothing', 504, '', 'HTTP_504', 'status 504 without a message'],
  ['JSON of another shape', 500, '["x"]', 'HTTP_500', '["x"]'],
  ['JSON null', 500, 'null', 'HTTP_500', 'null'],
  ['JSON that is cut off', 500, '{"error_code":"X', 'HTTP_500', '{"error_code":"X'],
]

describe('readErrorBody', () => {
  it.each(bodies)('%s', (_name, status, text, errorCode, message) => {
    expect(readErrorBody(status, text)).toEqual({ errorCode, message })
  })

  it('shows at most 500 characters of a page that is no message', () => {
    expect(readErrorBody(500, 'x'.repeat(9000)).message).toHaveLength(500)
  })
})

const error = (status: number, errorCode: string, message = 'm') =>
  new ApiError({ host: 'http://w', method: 'GET', path: '/p' }, status, { errorCode, message })

describe('ApiError', () => {
  const exits: [number, string, string, number][] = [
    [400, 'INVALID_STATE', 'API_REFUSED', 4],
    [401, 'UNAUTHENTICATED', 'UNAUTHENTICATED', 5],
    [403, 'PERMISSION_DENIED', 'PERMISSION_DENIED', 5],
    [404, 'RESOURCE_DOES_NOT_EXIST', 'API_REFUSED', 4],
    [429, 'RESOURCE_EXHAUSTED', 'API_REFUSED', 4],
    [500, 'INTERNAL_ERROR', 'API_REFUSED', 4],
  ]
  it.each(exits)('%i %s is %s, exit %i', (status, errorCode, code, exit) => {
    const made = error(status, errorCode)
    expect(made).toMatchObject({ code, exit, status, errorCode })
    expect(made.hint).not.toBe('')
    expect(made.hint).not.toContain('undefined')
    expect(made.message).not.toContain('undefined')
  })

  const missing: [number, string, string, boolean][] = [
    [404, 'RESOURCE_DOES_NOT_EXIST', 'Path (/x) does not exist.', true],
    [404, 'NOT_FOUND', '', true],
    [400, 'INVALID_PARAMETER_VALUE', 'Cluster 1-2 does not exist', true],
    [400, 'INVALID_PARAMETER_VALUE', 'Job 7 does not exist.', true],
    [400, 'INVALID_PARAMETER_VALUE', 'Run 7 does not exist.', true],
    [400, 'INVALID_PARAMETER_VALUE', "Run: 7 in job: 5 doesn't exist.", true],
    [400, 'INVALID_PARAMETER_VALUE', 'The policy 7 does not exist', false],
    [400, 'INVALID_PARAMETER_VALUE', 'num_workers must not be negative', false],
    [403, 'PERMISSION_DENIED', 'Cluster 1-2 does not exist', false],
    [500, 'INTERNAL_ERROR', 'Cluster 1-2 does not exist', false],
  ]
  it.each(missing)('%i %s «%s» means missing: %s', (status, code, message, expected) => {
    expect(isMissing(error(status, code, message))).toBe(expected)
  })

  it('knows its codes', () => {
    expect(hasCode(error(400, 'A'), 'B', 'A')).toBe(true)
    expect(hasCode(error(400, 'A'), 'B')).toBe(false)
    expect(hasCode(new Error('A'), 'A')).toBe(false)
    expect(isMissing(new Error('404'))).toBe(false)
  })
})
