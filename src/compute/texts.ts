/** What pip, uv and R say, as messages of a library. */

/**
 * How the message of a library begins that is to be tried again, because only the network was missing. `plan/libraries.ts` reads
 * it, and has its own copy: it may import nothing.
 */
export const outOfReach = 'its package index cannot be reached'

/** Their words for a network that is not there. */
const networkTexts: readonly RegExp[] = [
  /Retry\(total=0\b.*connection broken by/,
  /Max retries exceeded/,
  /(NewConnection|ConnectTimeout|NameResolution|ReadTimeout|Proxy)Error\b/,
  /Tunnel connection failed/,
  /Temporary failure in name resolution|Name or service not known|getaddrinfo failed|nodename nor servname/,
  /Network is unreachable|No route to host/,
  /error sending request for url/,
  /dns error|tcp connect error|client error \(Connect\)|operation timed out/,
  /cannot open URL|unable to access index for repository/,
]

/** «Retrying (Retry(total=1…» tells of an attempt; only the last one tells that pip gave up. */
const isAttempt = (line: string): boolean => /Retrying \(Retry\(total=[1-9]/.test(line)

// oxlint-disable-next-line no-control-regex -- colours begin with the control character ESC
const ansi = /\u001B\[[0-9;?]*[A-Za-z]/g

/** User and password of a URL, and query parameters that hold a secret. */
const credentials = /(\w:\/\/)[^\s/@"]+@/g
const secretQuery = /([?&](?:[\w-]*(?:token|key|secret|password|sig))=)[^\s&#'"]+/gi

/** Addresses without their user and password. */
export const withoutCredentials = (text: string): string => text.replaceAll(credentials, '$1')

const clean = (output: string): string =>
  output
    .replaceAll(ansi, '')
    .replaceAll('\r', '\n')
    .replaceAll(credentials, '$1')
    .replaceAll(secretQuery, '$1[REDACTED]')

const trimmed = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[\^~]+$/.test(line))

/** Characters. */
const longestTrouble = 300

/** pip quotes the error of its HTTP library, an object with its address included. */
const quoted = /connection broken by '?(.*?)'?: \/\S*$/
const object = /^.*object at 0x[0-9a-f]+>[:,]\s*/

/** uv tells a chain of causes, the last one being the first. */
const causesIn = (lines: readonly string[]): string =>
  lines.flatMap((line) => /^(?:cause|Caused by): (.*)/.exec(line)?.[1] ?? []).join(': ')

/** What it says about the network, in one line; undefined when it did not fail for want of one. */
export const networkTrouble = (output: string): string | undefined => {
  const lines = trimmed(clean(output))
  const line = lines.findLast((one) => !isAttempt(one) && networkTexts.some((text) => text.test(one)))
  if (line === undefined) return undefined
  const word = causesIn(lines) || (quoted.exec(line)?.[1] ?? line)
  return word.replace(object, '').replace(/'\)+$/, '').slice(0, longestTrouble)
}

const most = { lines: 12, characters: 2000 }

/** Said by pip about itself. */
const noise: readonly RegExp[] = [
  /did not run successfully|exit code: \d+|See above for output|\[\d+ lines? of output\]/,
  /^(\[end of output\]|\[stderr\]|\[notice\].*)$/,
  /^[╰│×├]\W*$/,
]
const isNoise = (line: string): boolean => noise.some((text) => text.test(line))

/** What a build wrote, as pip and as uv quote it. */
const builds: readonly RegExp[] = [
  /\[\d+ lines? of output\]\n([\s\S]*?)\[end of output\]/g,
  /\[stderr\]\n([\s\S]*?)(?:\n\s*(?:hint|note):|$)/g,
]
const linesOfBuild = 3

/** The end of it: where a trace has its error. */
const ofBuilds = (text: string): string[] =>
  builds.flatMap((mark) =>
    [...text.matchAll(mark)].flatMap(([, output = '']) => trimmed(output).slice(-linesOfBuild)),
  )

const isError = (line: string): boolean =>
  /^(error|cause|caused by)\b|^[×╰├]|\b\w*Error:|^The user requested| depends on /i.test(line)

/** Older uv wraps its reasons over lines: what follows the first mark belongs to it. */
const wrapped = (text: string): string[] => {
  const from = text.search(/^\s*×/m)
  return from < 0 || text.includes('lines of output]') ? [] : trimmed(text.slice(from))
}

const shortened = (lines: readonly string[]): string[] => {
  const kept: string[] = []
  let left = most.characters
  for (const line of [...new Set(lines)].slice(0, most.lines)) {
    if (left <= 0) break
    kept.push(line.length > left ? `${line.slice(0, left)}…` : line)
    left -= line.length
  }
  return kept
}

/** The meaningful lines of a failed installation: no colours, no credentials, at most 12 lines and 2000 characters. */
export const messagesOf = (output: string): string[] => {
  const text = clean(output)
  const all = trimmed(text)
  const whole = wrapped(text)
  const errors = whole.length > 0 ? whole : all.filter(isError)
  const lines = shortened([...ofBuilds(text), ...errors].filter((line) => !isNoise(line)))
  if (lines.length > 0) return lines
  return all.length > 0 ? shortened(all.slice(-5)) : ['it failed without a word']
}
