import { describe, expect, it } from 'vitest'
import { addressOf, type HostName } from '../../../src/cli/bootstrap-address.ts'

type Row = [host: HostName, origin: string, url: string, repository: string]
type Refused = [
  name: string,
  host: HostName,
  given: string | undefined,
  url: string | undefined,
  origin: string | undefined,
  what: RegExp,
  hint: RegExp,
]

const lab = 'https://gitlab.com'
const ado = 'https://dev.azure.com'
const hub = 'https://github.com'

describe('the address of a repository', () => {
  it.each<Row>([
    ['gitlab', 'git@gitlab.com:acme/shop.git', lab, 'acme/shop'],
    ['gitlab', 'https://gitlab.com/acme/team/shop.git', lab, 'acme/team/shop'],
    ['gitlab', 'https://oauth2:glpat-secret@gitlab.com/acme/shop', lab, 'acme/shop'],
    ['gitlab', 'ssh://git@altssh.gitlab.com:443/acme/shop.git', lab, 'acme/shop'],
    [
      'gitlab',
      'ssh://git@gitlab.acme.test:2222/acme/team/shop.git',
      'https://gitlab.acme.test',
      'acme/team/shop',
    ],
    ['gitlab', 'git@gitlab.acme.test:acme/team/shop.git', 'https://gitlab.acme.test', 'acme/team/shop'],
    ['gitlab', 'https://gitlab.acme.test:8443/acme/shop.git', 'https://gitlab.acme.test:8443', 'acme/shop'],
    ['azure', 'https://dev.azure.com/acme/web%20shop/_git/shop', ado, 'acme/web shop/shop'],
    ['azure', 'https://acme@dev.azure.com/acme/web/_git/shop', ado, 'acme/web/shop'],
    ['azure', 'https://dev.azure.com/acme/_git/shop', ado, 'acme/shop/shop'],
    ['azure', 'git@ssh.dev.azure.com:v3/acme/web%20shop/shop', ado, 'acme/web shop/shop'],
    ['azure', 'https://acme.visualstudio.com/web/_git/shop', ado, 'acme/web/shop'],
    ['azure', 'https://acme.visualstudio.com/DefaultCollection/web/_git/shop', ado, 'acme/web/shop'],
    ['azure', 'https://acme.visualstudio.com/_git/shop', ado, 'acme/shop/shop'],
    ['azure', 'acme@vs-ssh.visualstudio.com:v3/acme/web/shop', ado, 'acme/web/shop'],
    ['azure', 'https://tfs.acme.test/tfs/Main/web/_git/shop', 'https://tfs.acme.test/tfs', 'Main/web/shop'],
    ['github', 'git@github.com:acme/shop.git', hub, 'acme/shop'],
    ['github', 'https://github.com/acme/shop', hub, 'acme/shop'],
    ['github', 'ssh://git@ssh.github.com:443/acme/shop.git', hub, 'acme/shop'],
    ['github', 'https://ghe.acme.test/acme/shop.git', 'https://ghe.acme.test', 'acme/shop'],
  ])('%s %s', (host, origin, url, repository) => {
    expect(addressOf(host, undefined, undefined, origin)).toEqual({ url, repository })
    // What a person pastes is read in the same way.
    expect(addressOf(host, origin, undefined, undefined)).toEqual({ url, repository })
  })

  it.each<[given: string, url: string, origin: string | undefined, expected: object]>([
    [
      'acme/shop',
      'https://host.test/gitlab/',
      undefined,
      { url: 'https://host.test/gitlab', repository: 'acme/shop' },
    ],
    [
      'https://host.test/gitlab/acme/shop',
      'https://host.test/gitlab',
      undefined,
      { url: 'https://host.test/gitlab', repository: 'acme/shop' },
    ],
    [
      'https://host.test/group/acme/shop',
      'https://host.test',
      undefined,
      { url: 'https://host.test', repository: 'group/acme/shop' },
    ],
    [
      'git@host.test:acme/shop.git',
      'https://host.test/gitlab',
      undefined,
      { url: 'https://host.test/gitlab', repository: 'acme/shop' },
    ],
    [
      'git@gitlab-work:acme/shop.git',
      'https://host.test',
      undefined,
      { url: 'https://host.test', repository: 'acme/shop' },
    ],
    [
      'acme/shop',
      'https://host.test',
      'git@gitlab-work:a/b.git',
      { url: 'https://host.test', repository: 'acme/shop' },
    ],
  ])('GitLab %s on %s', (given, url, origin, expected) => {
    expect(addressOf('gitlab', given, url, origin)).toEqual(expected)
  })

  it.each<[url: string, expected: string]>([
    ['http://tfs.test/acme', 'http://tfs.test'],
    ['http://tfs.test/tfs/ACME/', 'http://tfs.test/tfs'],
    ['http://tfs.test/tfs', 'http://tfs.test/tfs'],
    ['https://dev.azure.com/acme', ado],
    ['https://dev.azure.com', ado],
    ['https://acme.visualstudio.com', ado],
  ])('Azure on %s: the organization is not named twice', (url, expected) => {
    const address = { url: expected, repository: 'acme/web/shop' }
    expect(addressOf('azure', 'acme/web/shop', url, undefined)).toEqual(address)
    expect(addressOf('azure', undefined, url, 'https://dev.azure.com/acme/web/_git/shop')).toEqual(address)
  })

  it('reads a collection that is named like the folder of its server', () => {
    expect(addressOf('azure', undefined, undefined, 'https://host.test/tfs/tfs/web/_git/shop')).toEqual({
      url: 'https://host.test/tfs',
      repository: 'tfs/web/shop',
    })
  })

  it('is on the public server where no other was named', () => {
    expect(addressOf('github', 'acme/shop', undefined, undefined)).toEqual({
      url: hub,
      repository: 'acme/shop',
    })
    expect(addressOf('github', 'acme/shop', undefined, 'git@gitlab.com:a/b.git').url).toBe(hub)
  })

  it.each<Refused>([
    [
      'ambiguous',
      'gitlab',
      undefined,
      undefined,
      'https://host.test/gitlab/group/project',
      /«gitlab» can be a group or the path of the server/,
      /--url https:\/\/host\.test\/gitlab if the server is there/,
    ],
    [
      'no remote',
      'github',
      undefined,
      undefined,
      undefined,
      /no git remote/,
      /--repository owner\/repository/,
    ],
    ['a path', 'github', undefined, undefined, '../other', /no address of a server/, /--repository/],
    [
      'of another host',
      'azure',
      undefined,
      undefined,
      'git@github.com:acme/shop.git',
      /is at github\.com, not on Azure DevOps/,
      /organization\/project\/repository/,
    ],
    [
      'too short',
      'azure',
      'acme/shop',
      undefined,
      undefined,
      /no repository of Azure DevOps/,
      /organization\/project\/repository/,
    ],
    [
      'too long',
      'github',
      'acme/team/shop',
      undefined,
      undefined,
      /no repository of GitHub/,
      /owner\/repository/,
    ],
    ...(['git@gitlab-work:g/p', 'ssh://git@gitlab-work/g/p', 'gitlab-work:g/p'] as const).map(
      (origin): Refused => [
        `an alias of ssh: ${origin}`,
        'gitlab',
        undefined,
        undefined,
        origin,
        /«gitlab-work» is a name that only ssh on this machine knows/,
        /--url https:\/\/<server>.*--repository https:\/\//,
      ],
    ),
    [
      'an alias of ssh',
      'github',
      undefined,
      undefined,
      'git@github-personal:acme/shop.git',
      /«github-personal»/,
      /--url https:\/\/<server> \(https:\/\/github\.com if it is that\)/,
    ],
    [
      'an alias of ssh, given',
      'github',
      'git@github-personal:a/b',
      undefined,
      undefined,
      /«github-personal»/,
      /--url/,
    ],
    [
      'an alias of ssh beside a repository',
      'gitlab',
      'g/p',
      undefined,
      'git@gitlab-work:g/p',
      /«gitlab-work»/,
      /--url/,
    ],
    [
      'an alias of ssh on Azure',
      'azure',
      undefined,
      undefined,
      'git@ado-work:v3/acme/web/shop',
      /«ado-work»/,
      /--url/,
    ],
    ...['C:/repos/acme/shop', 'd:\\repos\\shop'].map((folder): Refused => [
      `a folder of Windows: ${folder}`,
      'gitlab',
      undefined,
      undefined,
      folder,
      /no address of a server/,
      /--repository/,
    ]),
    [
      'a folder of Windows, given',
      'gitlab',
      'C:/repos/shop',
      undefined,
      undefined,
      /no repository of GitLab/,
      /group\/project/,
    ],
    [
      'another organization',
      'azure',
      'acme/web/shop',
      'https://dev.azure.com/other',
      undefined,
      /--url names another organization/,
      /first part of --repository/,
    ],
    ['dots', 'gitlab', '../../etc', undefined, undefined, /no repository/, /group\/project/],
    ['no URL', 'gitlab', 'acme/shop', 'gitlab.acme.test', undefined, /--url is no address/, /https:\/\//],
    [
      'a server that nobody named',
      'github',
      'acme/shop',
      undefined,
      'https://git.acme.test/a/b.git',
      /is that the server that is meant/,
      /--url/,
    ],
  ])('is refused: %s', (_name, host, given, url, origin, what, hint) => {
    const read = () => addressOf(host, given, url, origin)
    expect(read).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(what) as string,
        hint: expect.stringMatching(hint) as string,
      }),
    )
  })

  it('keeps passwords out of its messages', () => {
    const origin = 'https://oauth2:glpat-secret@host.test/gitlab/group/project'
    const read = () => addressOf('gitlab', undefined, undefined, origin)
    expect(read).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('glpat-secret') as string }),
    )
    expect(read).toThrow(
      expect.objectContaining({ hint: expect.not.stringContaining('glpat-secret') as string }),
    )
  })
})
