import { describe, expect, it } from 'vitest'
import { messagesOf, networkTrouble } from '../../src/compute/texts.ts'

const retry = (left: number) =>
  `WARNING: Retrying (Retry(total=${left}, connect=None)) after connection broken by 'NewConnectionError('<HTTPConnection object at 0x7f9d>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/six/`
const notFound = [
  'ERROR: Could not find a version that satisfies the requirement six==9 (from versions: none)',
  'ERROR: No matching distribution found for six==9',
]

describe('networkTrouble', () => {
  it.each([
    ['pip, given up', [retry(1), retry(0), ...notFound], 'Failed to establish a new connection'],
    ['pip, one attempt of several', [retry(2), ...notFound], undefined],
    ['pip, a package that does not exist', notFound, undefined],
    ['pip, a proxy', ['ProxyError: Tunnel connection failed: 403 Forbidden'], '403 Forbidden'],
    ['pip, a name', ['[Errno -3] Temporary failure in name resolution'], 'name resolution'],
    [
      'uv',
      ['error: Request failed', '  cause: Failed to fetch: http://h/six/', '  cause: tcp connect error'],
      'Failed to fetch: http://h/six/: tcp connect error',
    ],
    ['uv, of an earlier version', ['error: Request failed', '  Caused by: dns error'], 'dns error'],
    [
      'uv, a package that does not exist',
      ['error: No solution found', '  cause: Because x was not found'],
      undefined,
    ],
    [
      'pip, a proxy that is not there',
      [
        `WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', NewConnectionError('<HTTPSConnection object at 0x7f>: Failed to establish it'))': /simple/six/`,
      ],
      'Failed to establish it',
    ],
    ['R', ['Warning: unable to access index for repository https://x/src'], 'unable to access index'],
    ['a full disk', ["OSError: [Errno 28] No space left on device: '/x'"], undefined],
  ])('%s', (_, lines, expected) => {
    const trouble = networkTrouble(lines.join('\n'))
    expect(trouble ?? 'none').toContain(expected ?? 'none')
  })

  it('is told without the brackets of the error that it was in', () => {
    const text = `Retry(total=0) after connection broken by 'A('b', C('<D object at 0x7f>: it is refused'))': /simple/`
    expect(networkTrouble(text)).toBe('it is refused')
  })

  it('has no credentials', () => {
    const text =
      'error: x\n cause: Failed to fetch: http://me:hunter22@h/six/?token=abcdef\n cause: dns error'
    expect(networkTrouble(text)).toBe('Failed to fetch: http://h/six/?token=[REDACTED]: dns error')
  })
})

describe('messagesOf', () => {
  const pipBuild = [
    'Processing /x/bad',
    '  error: subprocess-exited-with-error',
    '  × Getting requirements to build wheel did not run successfully.',
    '  │ exit code: 1',
    '  ╰─> [3 lines of output]',
    '      Traceback (most recent call last):',
    '        File "<string>", line 1, in <module>',
    '      RuntimeError: needs a compiler',
    '      [end of output]',
    '  note: This error originates from a subprocess, and is likely not a problem with pip.',
  ]
  const cases: [string, string[], string[]][] = [
    ['keeps the errors of pip', ['Collecting six', retry(1), ...notFound], notFound],
    [
      'keeps what a build died of, for pip',
      pipBuild,
      [
        'Traceback (most recent call last):',
        'File "<string>", line 1, in <module>',
        'RuntimeError: needs a compiler',
        'error: subprocess-exited-with-error',
      ],
    ],
    [
      'and the causes of uv',
      ['Using Python 3.11', 'error: No solution found', '  cause: Because x was not found.'],
      ['error: No solution found', 'cause: Because x was not found.'],
    ],
    [
      'and the wrapped reasons of older uv',
      ['Resolved', '  × No solution found:', '  ╰─▶ Because x was not found', '      we can conclude'],
      ['× No solution found:', '╰─▶ Because x was not found', 'we can conclude'],
    ],
    ['has no colours', ['\u001B[31mERROR: no\u001B[0m'], ['ERROR: no']],
    ['has no credentials', ['ERROR: 401 for https://me:pw@h/simple'], ['ERROR: 401 for https://h/simple']],
    ['says a thing once', ['ERROR: a', 'ERROR: a'], ['ERROR: a']],
    ['falls back to the last lines', ['1', '2', '3', '4', '5', '6'], ['2', '3', '4', '5', '6']],
    ['says something in any case', [], ['it failed without a word']],
  ]
  it.each(cases)('%s', (_, lines, expected) => {
    expect(messagesOf(lines.join('\n'))).toEqual(expected)
  })

  it('is bounded', () => {
    const long = Array.from({ length: 500 }, (_, n) => `ERROR: ${n} ${'x'.repeat(900)}`)
    const messages = messagesOf(long.join('\n'))
    expect(messages.length).toBeLessThanOrEqual(12)
    expect(messages.join('').length).toBeLessThan(2100)
  })
})
