/** What pip, uv and R get of the emulator's environment. */
type Variables = Readonly<Record<string, string | undefined>>

/** Upper and lower case are both in use. */
const names = new Set(
  `path home lang lc_all tmpdir tmp temp xdg_cache_home xdg_config_home
  http_proxy https_proxy all_proxy no_proxy
  ssl_cert_file ssl_cert_dir requests_ca_bundle curl_ca_bundle netrc
  userprofile appdata localappdata systemroot pathext comspec`.split(/\s+/),
)

/** They would send the packages somewhere else than into the environment, or nowhere. */
const astray = new Set(
  `PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_PYTHON PIP_REPORT PIP_LOG
  UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX UV_PYTHON UV_DRY_RUN UV_PROJECT`.split(/\s+/),
)

const isWanted = (name: string): boolean =>
  names.has(name.toLowerCase()) || (/^(PIP|UV)_/.test(name) && !astray.has(name))

/** Bounds, where the user has set none: an index that does not answer must not hold up a job for a quarter of an hour. */
const bounds = { PIP_DEFAULT_TIMEOUT: '15', PIP_RETRIES: '2', UV_HTTP_TIMEOUT: '30', UV_HTTP_RETRIES: '1' }

const always = {
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  PIP_NO_COLOR: '1',
  PIP_NO_INPUT: '1',
  PIP_PROGRESS_BAR: 'off',
  PIP_USER: '0',
  UV_NO_PROGRESS: '1',
  UV_PYTHON_DOWNLOADS: 'never',
  NO_COLOR: '1',
  PYTHONDONTWRITEBYTECODE: '',
  PYTHONUNBUFFERED: '1',
}

/** PATH, HOME, proxies, certificates and the settings of pip and uv: nothing else of the emulator's own environment. */
export const installerVariables = (env: Variables): Record<string, string> => {
  const taken = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isWanted(entry[0]),
  )
  return { ...bounds, ...Object.fromEntries(taken), ...always }
}

/** Where packages come from by these variables, without credentials: CI hosts put a new token into them every time. */
export const indexesOf = (env: Variables): string[] =>
  Object.entries(env)
    .filter(([name, value]) => /^(PIP|UV)_.*(INDEX|FIND_LINKS)/.test(name) && value)
    .map(([name, value]) => `${name}=${(value ?? '').replaceAll(/\/\/[^/@\s]+@/g, '//')}`)
    .sort()
