import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { AnyEndpoint, EndpointTable } from '../../src/wire/endpoint.ts'
import { real, type Subject } from './subject.ts'

const wire = new URL('../../src/wire/', import.meta.url)

const isEndpoint = (value: unknown): value is AnyEndpoint =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'repeat' in value

const isTable = (value: unknown): value is EndpointTable =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.values(value).every(isEndpoint)

/** The endpoint tables of one file of `wire/`, by the name under which it exports them. */
export const tablesOf = async (family: string): Promise<Record<string, EndpointTable>> => {
  const module: Record<string, unknown> = await import(new URL(`${family}.ts`, wire).href)
  return Object.fromEntries(
    Object.entries(module).flatMap(([name, value]) => (isTable(value) ? [[name, value]] : [])),
  )
}

/** Files of `wire/` that hold at least one endpoint table. */
export const families = async (): Promise<string[]> => {
  const names = readdirSync(wire).map((file) => file.replace(/\.ts$/, ''))
  const tables = await Promise.all(names.map(tablesOf))
  return names.filter((_, index) => Object.keys(tables[index] ?? {}).length > 0)
}

/** `table.key` of every endpoint of the family that was not called with success. */
export const notCalled = async (family: string, called: ReadonlySet<AnyEndpoint>): Promise<string[]> =>
  Object.entries(await tablesOf(family)).flatMap(([table, endpoints]) =>
    Object.entries(endpoints)
      .filter(([, endpoint]) => !called.has(endpoint))
      .map(([key]) => `${table}.${key}`),
  )

/** Last case of a suite: an endpoint without a case fails it. On a real workspace some cases are skipped, so this is too. */
export const exercisesEveryEndpointOf = (family: string, subject: Pick<Subject, 'called'>): void =>
  it.skipIf(real)('every endpoint of the family has a case', async () => {
    expect(await notCalled(family, subject.called)).toEqual([])
  })
