/** https://peps.python.org/pep-0440/#appendix-b-parsing-version-strings-with-regular-expressions, canonical form, no local part. */
const canonical =
  /^([1-9]\d*!)?(0|[1-9]\d*)(\.(0|[1-9]\d*))*((a|b|rc)(0|[1-9]\d*))?(\.post(0|[1-9]\d*))?(\.dev(0|[1-9]\d*))?$/

/** Whether a version is written as a wheel's file name has it, so that the name is known without building. */
export const isCanonicalVersion = (version: string): boolean => canonical.test(version)

/**
 * The declared version with the commit that last touched the sources and a digest over them, as a local version of PEP 440:
 * `1.4.0+g1a2b3c4d.d0123456789ab`. Outside of a checkout the commit is `g0`.
 */
export const stampedVersion = (version: string, commit: string | undefined, sources: string): string =>
  `${version}+g${commit?.slice(0, 8) ?? '0'}.d${sources.slice(0, 12)}`

/** https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode */
export const wheelName = (name: string): string => name.replace(/[-_.]+/g, '_').toLowerCase()

/** File name of a pure-Python wheel. */
export const wheelFile = (name: string, version: string): string =>
  `${wheelName(name)}-${version}-py3-none-any.whl`
