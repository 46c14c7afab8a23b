import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { getLanguageService } from 'azure-pipelines-language-service'
import { parse } from 'azure-pipelines-language-service/lib/parser/yamlParser.js'

/** The schema that the service itself gives out: microsoft/azure-pipelines-vscode, service-schema.json, 1.261.1, MIT. */
const file = join(import.meta.dirname, '..', '..', 'data', 'specs', 'ado-service-schema.json.gz')
const schema: Record<string, unknown> = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'))

/** The service changes the schema that it is given. */
const requestSchema = async () => structuredClone(schema)

const service = getLanguageService(requestSchema, [], async () => 'schema://azure-pipelines', {
  resolveRelativePath: (_, resource) => resource,
})

const startsOf = (text: string): number[] => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]

const documentOf = (text: string) => {
  const starts = startsOf(text)
  return {
    uri: 'file:///pipeline.yml',
    languageId: 'yaml',
    version: 1,
    lineCount: starts.length,
    getText: () => text,
    positionAt: (offset: number) => {
      const line = starts.findLastIndex((start) => start <= offset)
      return { line, character: offset - (starts[line] ?? 0) }
    },
    offsetAt: ({ line, character }: { line: number; character: number }) => (starts[line] ?? 0) + character,
  }
}

/** 0.9.2 writes a line about each schema that it looks up. */
const quietly = async <T>(work: () => PromiseLike<T>): Promise<T> => {
  const { log } = console
  console.log = () => undefined
  try {
    return await work()
  } finally {
    console.log = log
  }
}

/** What Azure's own language service has against a pipeline or template: `line: message`. */
export const problemsIn = async (text: string): Promise<string[]> => {
  const found = await quietly(() => service.doValidation(documentOf(text), parse(text)))
  return found.map(
    ({ range, message }) =>
      `${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
  )
}
