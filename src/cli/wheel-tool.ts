/** The build front end of the Python Packaging Authority, in an environment of its own. */
import { Fail } from '../errors.ts'
import { cacheFolder } from './compute.ts'
import type { World } from './script.ts'

/** https://pypi.org/project/build/: with what it needs, pinned; these still run on Python 3.8. */
const tool = ['build==1.2.2.post1', 'packaging==24.2', 'pyproject_hooks==1.2.0']

const unable = (why: string, hint: string): Fail =>
  new Fail('PACKAGE_NOT_BUILT', { what: 'no package can be built here', why, hint })

/**
 * Absolute path of a Python that has `build`. Made once per user and kept in the cache of Brickrail.
 * @throws Fail PACKAGE_NOT_BUILT
 */
export const pythonWithBuild = async ({ env, cwd, stop }: World): Promise<string> => {
  const { lookUpAbilities } = await import('../compute/abilities.ts')
  const { createEnvironments } = await import('../compute/environment.ts')
  const abilities = lookUpAbilities(env)
  const { python } = abilities
  if ('missing' in python) throw unable(python.missing, 'install Python >= 3.8 with venv')
  const environments = createEnvironments({ folder: '', cache: cacheFolder({ env, cwd }), env }, abilities)
  const libraries = tool.map((name) => ({ pypi: { package: name } }))
  const made = await environments.environment({
    libraries,
    local: {},
    offlineIsSkipped: false,
    signal: stop,
  })
  const [failed] = made.outcomes.filter(({ status }) => status !== 'INSTALLED')
  if (!failed) return made.python
  throw unable(
    `${failed.library.pypi?.package ?? 'its tool'} did not install: ${failed.messages.join(' ')}`,
    'let this machine reach PyPI or a mirror of it (PIP_INDEX_URL, HTTPS_PROXY), or build where it can be reached',
  )
}
