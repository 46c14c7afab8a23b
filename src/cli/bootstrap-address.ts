import { Fail } from '../errors.ts'

export type HostName = 'gitlab' | 'azure' | 'github'

/** Where a repository is: on which server, and under what address there. */
export interface Address {
  /** `https://gitlab.example.com`; a server of one's own may have a path. */
  url: string
  /** As `--repository` takes it. */
  repository: string
}

const names = { gitlab: 'GitLab', azure: 'Azure DevOps', github: 'GitHub' } as const
const forms = {
  gitlab: 'group/project',
  azure: 'organization/project/repository',
  github: 'owner/repository',
} as const
const home = {
  gitlab: 'https://gitlab.com',
  azure: 'https://dev.azure.com',
  github: 'https://github.com',
} as const

interface Remote {
  /** `https:` or `http:`; ssh says nothing of it. */
  scheme: string
  /** With a port if it is one of the web server. */
  host: string
  /** Without slashes around it, without `.git`. */
  path: string
  ssh: boolean
}

const tidy = (path: string): string =>
  path
    .replaceAll(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '')
    .split('/')
    .map((part) => decode(part))
    .join('/')

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `git@host:path` and URLs. User and password in an address stay out of everything. */
const parse = (text: string): Remote | undefined => {
  // A folder of Windows.
  if (/^[a-z]:[\\/]/i.test(text)) return undefined
  const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(text)
  if (scp?.[1] !== undefined && scp[2] !== undefined)
    return { scheme: 'https:', host: scp[1], path: tidy(scp[2]), ssh: true }
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, host, pathname } = new URL(text)
  if (/^(git\+)?ssh:$|^git:$/.test(protocol))
    return { scheme: 'https:', host: hostname, path: tidy(pathname), ssh: true }
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  return { scheme: protocol, host, path: tidy(pathname), ssh: false }
}

/** Servers that answer to several names. */
const canonical = (remote: Remote): Remote => {
  const host = remote.host.toLowerCase()
  if (host === 'ssh.github.com' || host === 'www.github.com') return { ...remote, host: 'github.com' }
  if (host === 'altssh.gitlab.com' || host === 'www.gitlab.com') return { ...remote, host: 'gitlab.com' }
  return { ...remote, host }
}

const ownerOf = (host: string): HostName | undefined => {
  if (host === 'github.com' || host.endsWith('.ghe.com')) return 'github'
  if (host === 'gitlab.com') return 'gitlab'
  return /(^|\.)(dev\.azure\.com|visualstudio\.com)$/.test(host) ? 'azure' : undefined
}

const refuse = (host: HostName, what: string): Fail =>
  new Fail('USAGE', { what, hint: `give --repository ${forms[host]}` })

/** `v3/organization/project/repository` by ssh; `[collection/]project/_git/repository` by https. */
const azureAddress = ({ scheme, host, path, ssh }: Remote): Address | undefined => {
  const parts = path.split('/')
  if (ssh && parts[0] === 'v3' && parts.length === 4)
    return { url: home.azure, repository: parts.slice(1).join('/') }
  const at = parts.indexOf('_git')
  const name = parts[at + 1]
  if (at < 0 || name === undefined) return undefined
  const before = parts.slice(0, at)
  const classic = /^([\w-]+)\.visualstudio\.com$/.exec(host)?.[1]
  if (classic !== undefined) {
    const own = before.filter((part) => part.toLowerCase() !== 'defaultcollection')
    // A repository that is named like its project is left out of the address.
    return { url: home.azure, repository: [classic, own[0] ?? name, name].join('/') }
  }
  if (host === 'dev.azure.com')
    return { url: home.azure, repository: [before[0], before[1] ?? name, name].join('/') }
  // A server of one's own: …/collection/project/_git/repository.
  if (ssh || before.length < 2) return undefined
  const root = before.slice(0, -2)
  const url = [`${scheme}//${host}`, ...root].join('/')
  return { url, repository: [...before.slice(-2), name].join('/') }
}

/** Below the path of the server that was given. */
const below = (url: string, { host, path, ssh }: Remote): string => {
  const server = new URL(url)
  const prefix = tidy(server.pathname)
  if (ssh || prefix === '' || server.host !== host || !path.startsWith(`${prefix}/`)) return path
  return path.slice(prefix.length + 1)
}

const gitlabAddress = (remote: Remote, url: string | undefined): Address => {
  const { scheme, host, path, ssh } = remote
  if (url !== undefined) return { url, repository: below(url, remote) }
  if (!ssh && host !== 'gitlab.com' && path.split('/').length > 2) {
    const first = path.split('/')[0] ?? ''
    throw new Fail('USAGE', {
      what: `in ${scheme}//${host}/${path}, «${first}» can be a group or the path of the server`,
      hint: `give --url ${scheme}//${host} if it is a group, --url ${scheme}//${host}/${first} if the server is there`,
    })
  }
  return { url: `${scheme}//${host}`, repository: path }
}

/** `git@gitlab-work:…`: which server an alias of ssh means, only this machine's ssh knows. */
const isAlias = ({ host, ssh }: Remote): boolean => ssh && !host.includes('.')

const refuseAlias = (host: HostName, { host: alias }: Remote): Fail =>
  new Fail('USAGE', {
    what: `«${alias}» is a name that only ssh on this machine knows, so it does not say which server is meant`,
    hint: `give --url https://<server> (${home[host]} if it is that), or the whole address: --repository https://<server>/…`,
  })

const byHost = (host: HostName, remote: Remote, url: string | undefined): Address | undefined => {
  if (host === 'gitlab') return gitlabAddress(remote, url)
  if (host === 'azure') {
    const address = azureAddress(remote)
    return address && { ...address, ...(url === undefined ? {} : { url }) }
  }
  return { url: url ?? `${remote.scheme}//${remote.host}`, repository: remote.path }
}

const isWhole = (host: HostName, repository: string): boolean => {
  const parts = repository.split('/')
  const filled = parts.every((part) => !/^\.{0,2}$|[:\\]/.test(part))
  if (host === 'gitlab') return filled && parts.length >= 2
  return filled && parts.length === (host === 'azure' ? 3 : 2)
}

const readUrl = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    throw new Fail('USAGE', { what: '--url is no address', hint: 'it looks like https://gitlab.example.com' })
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

/**
 * The address of Azure DevOps without the organization, which `repository` begins with.
 * @throws Fail USAGE when `--url` names another organization
 */
const withoutOrganization = (url: string, repository: string): string => {
  const organization = (repository.split('/')[0] ?? '').toLowerCase()
  const { protocol, hostname, host, pathname } = new URL(url)
  const parts = tidy(pathname).split('/').filter(Boolean)
  const classic = /^([\w-]+)\.visualstudio\.com$/i.exec(hostname)?.[1]?.toLowerCase()
  if (classic === organization) return home.azure
  const named = parts.at(-1)?.toLowerCase() === organization
  const rest = named ? parts.slice(0, -1) : parts
  if (classic !== undefined || (hostname === 'dev.azure.com' && rest.length > 0))
    throw new Fail('USAGE', {
      what: `--url names another organization than the repository ${repository}`,
      hint: `give --url ${home.azure}, or none: the organization is the first part of --repository`,
    })
  return [`${protocol}//${host}`, ...rest.map((part) => encodeURIComponent(part))].join('/')
}

/** What was read from a remote is right already. */
const tidyUrl = (host: HostName, given: string | undefined, { url, repository }: Address): Address => ({
  url: host === 'azure' && given !== undefined ? withoutOrganization(url, repository) : url,
  repository,
})

/** The remote `origin`, when nobody says where the repository is. */
const fromRemote = (host: HostName, origin: string | undefined, url: string | undefined): Address => {
  if (origin === undefined) throw refuse(host, 'this folder has no git remote «origin»')
  const remote = parse(origin)
  if (!remote) throw refuse(host, 'the git remote «origin» is no address of a server')
  const known = canonical(remote)
  const owner = ownerOf(known.host)
  if (owner !== undefined && owner !== host)
    throw refuse(host, `the git remote «origin» is at ${known.host}, not on ${names[host]}`)
  if (url === undefined && isAlias(known)) throw refuseAlias(host, known)
  const address = byHost(host, known, url)
  if (!address || !isWhole(host, address.repository))
    throw refuse(host, `«${known.host}/${known.path}» is no repository of ${names[host]}`)
  return address
}

/**
 * Where the repository is: as given, else by the git remote.
 * @param given `--repository`: an address on the server, or a whole URL
 * @param origin URL of the git remote `origin`
 * @throws Fail USAGE; no message holds the user or password of an address
 */
export const addressOf = (
  host: HostName,
  given: string | undefined,
  urlGiven: string | undefined,
  origin: string | undefined,
): Address => {
  const url = readUrl(urlGiven)
  if (given === undefined) return tidyUrl(host, url, fromRemote(host, origin, url))
  if (/^[\w+]+:\/\/|^[^/\s]+@[^/\s]+:/.test(given)) return tidyUrl(host, url, fromRemote(host, given, url))
  const repository = tidy(given)
  if (!isWhole(host, repository)) throw refuse(host, `«${repository}» is no repository of ${names[host]}`)
  return tidyUrl(host, url, { url: url ?? serverOf(host, origin), repository })
}

/** A token must not travel to a server that nobody named: where the remote is nowhere known, --url has to say it. */
const serverOf = (host: HostName, origin: string | undefined): string => {
  const remote = origin === undefined ? undefined : parse(origin)
  if (!remote) return home[host]
  const known = canonical(remote)
  if (ownerOf(known.host) !== undefined) return home[host]
  if (isAlias(known)) throw refuseAlias(host, known)
  throw new Fail('USAGE', {
    what: `the git remote «origin» is at ${known.host}: is that the server that is meant?`,
    hint: `give --url as well: ${known.scheme}//${known.host}, or ${home[host]}`,
  })
}
