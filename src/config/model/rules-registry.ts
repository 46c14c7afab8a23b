import type { Fault } from '../../errors.ts'
import { faultAt } from '../faults.ts'
import { get, placeOf, text } from '../located.ts'
import type { Rule } from './known.ts'

const badParts = (name: string): boolean =>
  name.split('.').length !== 3 || name.split('.').some((part) => !/^[^\s/]+$/.test(part))

/** https://mlflow.org/docs/latest/ml/model-registry: «/» and «:» separate name and version in models:/name/1; Databricks adds the dot. */
const why = (name: string, kind: string): { message: string; hint: string } | undefined => {
  if (name.trim() === '')
    return { message: 'the name is empty', hint: 'remove the line: the key is the name then' }
  if (kind === 'unity-catalog')
    return badParts(name)
      ? { message: `«${name}» is no name in Unity Catalog`, hint: 'three parts: catalog.schema.model' }
      : undefined
  const odd = kind === 'workspace' ? /[/:.]/ : /[/:]/
  const found = odd.exec(name)?.[0]
  if (found === undefined) return undefined
  const hint =
    found === '.' && !badParts(name)
      ? 'a name of three parts is one of Unity Catalog: registry: unity-catalog'
      : 'use letters, digits, - and _'
  return { message: `«${name}» cannot be the name of a model: it holds «${found}»`, hint }
}

const nameRule: Rule = ({ key, node, kind }) => {
  const written = get(node, 'model')
  const name = text(node, 'model') ?? key
  const found = name.includes('${') ? undefined : why(name, kind)
  return found ? [faultAt(written?.at ?? node.at, 'registered-name', found.message, found.hint)] : []
}

const badUri = (uri: string): string | undefined => {
  if (!URL.canParse(uri)) return 'it cannot be read as a URL'
  const url = new URL(uri)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `the scheme is ${url.protocol}`
  if (url.username || url.password) return 'it holds credentials'
  return url.search || url.hash ? 'it has a query' : undefined
}

const uriRule: Rule = ({ node, kind }, { remote }) => {
  const registry = get(node, 'registry')
  const uri = get(registry, 'uri')
  const said = text(uri)
  if (kind !== 'mlflow') return []
  if (said === undefined && remote && !uri) {
    const hint =
      'write registry: { kind: mlflow, uri: "${env.MLFLOW_TRACKING_URI}", token: MLFLOW_TRACKING_TOKEN }'
    const message = 'where is the MLflow server? The target has a host, so it is not the embedded one'
    return [faultAt(registry?.at ?? node.at, 'registry-needs-uri', message, hint)]
  }
  const bad = said === undefined || said.includes('${') ? undefined : badUri(said)
  const hint = 'scheme, host and path only, e.g. https://mlflow.example.com'
  return bad && uri
    ? [faultAt(uri.at, 'uri-of-mlflow', `this is not the address of an MLflow server: ${bad}`, hint)]
    : []
}

const onlyMlflow: Rule = ({ node, kind }) =>
  kind === 'mlflow'
    ? []
    : ['uri', 'token', 'names'].flatMap((key): Fault[] => {
        const found = get(node, 'registry', key)
        const at = found && placeOf(node, ['registry', key], 'key')
        const message = `«${key}» means nothing for registry ${kind}: Databricks has one way`
        return at ? [faultAt(at, 'useless-key', message, 'remove it, or set kind: mlflow')] : []
      })

export const registryRules: readonly Rule[] = [nameRule, uriRule, onlyMlflow]
