/**
 * How one secret may be spelt in text. A pattern is built character by character, so that mixed encodings
 * (a URL in JSON in a shell line) are found as well as pure ones.
 */
const hexOf = (bytes: Uint8Array): string[] => [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (c) => `[${c}${c.toUpperCase()}]`)
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const jsonLetters: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
}
const htmlNames: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
}
const quotes: Readonly<Record<string, readonly string[]>> = {
  // Shell: 'it'\''s' and 'it'"'"'s'. PowerShell's and SQL's 'it''s' is in `run`.
  "'": [String.raw`'\\''`, `'"'"'`],
}

/** Backslashes before the character: none, as JSON or a shell puts them, or JSON within JSON. */
const escaped = String.raw`\\{0,3}`

const inJson = (char: string): string[] => {
  const units = char.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  const letter = jsonLetters[char]
  const asUnits = units.map((unit) => String.raw`\\{1,3}u${anyCase(unit)}`).join('')
  return letter === undefined ? [asUnits] : [asUnits, String.raw`\\{1,3}${letter}`]
}

const inUrl = (char: string): string[] => {
  const bytes = hexOf(Buffer.from(char)).map((hex) => `%(?:25)*${anyCase(hex)}`)
  return char === ' ' ? [bytes.join(''), '\\+'] : [bytes.join('')]
}

const inHtml = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const name = htmlNames[char]
  const numbers = `#0*${code}|#[xX]0*${anyCase(code.toString(16))}`
  return `&(?:amp;)*(?:${name === undefined ? '' : `${name}|`}${numbers});`
}

const raw = (char: string): string => {
  if (char === '\n') return String.raw`\r?\n`
  return /[A-Za-z0-9]/.test(char) ? char : `${escaped}${literal(char)}`
}

const spelling = (char: string): string =>
  `(?:${[...inJson(char), ...inUrl(char), inHtml(char), ...(quotes[char] ?? []), raw(char)].join('|')})`

/** A run of one character. Doubling makes runs ambiguous; counted as one they cannot make the search explode. */
const run = (chars: string): string => {
  const [char = ''] = chars
  if (char === '\\')
    return String.raw`(?:\\u005[cC]|\\|${inUrl(char).join('|')}|${inHtml(char)}){${chars.length},${4 * chars.length}}`
  if (char === "'" || char === '"') return `${spelling(char)}{${chars.length},${2 * chars.length}}`
  return Array.from(chars, spelling).join('')
}

/** Base64 text in either alphabet; `+` and `/` also as URLs and JSON escape them. */
const base64Char = (char: string): string => {
  if (char === '+') return '(?:[+-]|%2[bB])'
  return char === '/' ? String.raw`(?:\\?\/|_|%2[fF])` : char
}

/**
 * The base64 characters that a secret alone decides when `before` bytes (0, 1, 2) of its first triple belong to
 * what is encoded in front of it: characters that share bits with a neighbour are left out.
 */
const base64At = (bytes: Uint8Array, before: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  const end = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1
  return encoded
    .slice(before === 0 ? 0 : before + 1, end)
    .split('')
    .map(base64Char)
    .join('')
}

/** Regular expression sources that match every spelling of the secret: as text, base64 and hex. */
export const spellings = (secret: string): string[] => {
  const bytes = Buffer.from(secret)
  return [
    secret.replace(/(.)\1*/gsu, run),
    ...[0, 1, 2].map((before) => base64At(bytes, before)),
    hexOf(bytes).map(anyCase).join(''),
  ]
}
