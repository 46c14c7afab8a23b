import type { workspace } from '../../wire/workspace.ts'
import type { InputOf } from '../../wire/endpoint.ts'
import type { Bytes, Call } from '../server/call.ts'
import { text, type Loose } from '../server/read.ts'
import { badValue, notImplemented } from '../server/refused.ts'
import { demandPath } from './access.ts'
import { dialects, toIpynb, toSource, withHeader } from './notebook.ts'
import { bytesOf, needed, type Node } from './objects.ts'
import { nameOf, readPath } from './paths.ts'

type Input = Loose<InputOf<typeof workspace.export>>

export interface Exported {
  bytes: Bytes
  fileType: string
}

const notebook = (node: Node, bytes: Bytes, format: 'SOURCE' | 'JUPYTER'): Exported => {
  const language = node.language ?? 'PYTHON'
  if (format === 'JUPYTER')
    return { bytes: node.format === 'JUPYTER' ? bytes : toIpynb(bytes, language), fileType: 'ipynb' }
  const source = node.format === 'JUPYTER' ? toSource(bytes, language) : withHeader(bytes, language)
  return { bytes: source, fileType: dialects[language].extension }
}

/** The file itself, or a notebook in that format; AUTO is the one in which it was imported. */
export const render = (call: Call, node: Node, format: string): Exported => {
  const bytes = bytesOf(call.db, node)
  if (node.type === 'DIRECTORY') throw notImplemented(`exports no folders: ${node.path}`)
  if (node.type !== 'NOTEBOOK') {
    if (format === 'JUPYTER') throw badValue(`(${node.path}) is a file and cannot be exported as JUPYTER`)
    return { bytes, fileType: /\.([^.]+)$/.exec(nameOf(node.path))?.[1] ?? '' }
  }
  if (format === 'AUTO') return notebook(node, bytes, node.format ?? 'SOURCE')
  if (format === 'SOURCE' || format === 'JUPYTER') return notebook(node, bytes, format)
  if (format === 'HTML' || format === 'DBC' || format === 'R_MARKDOWN')
    throw notImplemented(`cannot export ${format}`)
  throw badValue(`Invalid format ${format}. Valid values: SOURCE, HTML, JUPYTER, DBC, R_MARKDOWN, AUTO`)
}

export const exportObject = (call: Call, input: Input): Exported => {
  const path = readPath(input.path)
  const node = needed(call.db, path)
  demandPath(call, path, 'CAN_READ')
  return render(call, node, text(input.format, 'format') || 'SOURCE')
}
