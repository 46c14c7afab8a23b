/** Raw bytes of workspace files, as the Databricks CLI moves them. */
import type { workspaceFiles } from '../wire/workspace-files.ts'
import type { Handlers } from './server/call.ts'
import { flag, neededText } from './server/read.ts'
import { badValue } from './server/refused.ts'
import { demandPath } from './tree/access.ts'
import { render } from './tree/export.ts'
import { importFile } from './tree/import.ts'
import { needed } from './tree/objects.ts'
import { readPath } from './tree/paths.ts'

/** The leading slash may be in the URL, encoded in it, or left out. */
const pathInUrl = (value: unknown): string => readPath(`/${neededText(value, 'path')}`)

export const workspaceFilesHandlers: Handlers<typeof workspaceFiles> = {
  importFile: (input, call) => {
    if (!(input.content instanceof Uint8Array)) throw badValue("Missing required field 'content'")
    importFile(call, pathInUrl(input.path), input.content, flag(input.overwrite, 'overwrite') ?? false)
    return {}
  },
  get: (input, call) => {
    const path = pathInUrl(input.path)
    const node = needed(call.db, path)
    demandPath(call, path, 'CAN_READ')
    return render(call, node, 'SOURCE').bytes
  },
}
