import { absent, Refused } from '../server/refused.ts'

export const noSuchPath = (path: string) => absent(`No file or directory exists on path ${path}.`)

export const pathExists = (path: string) =>
  new Refused(400, 'RESOURCE_ALREADY_EXISTS', `A file or directory already exists at the input path ${path}.`)

export const notEmpty = () =>
  new Refused(400, 'IO_ERROR', 'Directory is not empty. Use recursive delete or remove contents first.')

/** databricks-cli reads the number out of this text and asks again. */
export const partialDelete = (count: number) =>
  new Refused(
    503,
    'PARTIAL_DELETE',
    `The requested operation has deleted ${count} files. There are more files remaining. You must make another request to delete more.`,
  )
