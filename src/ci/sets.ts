export const isSubset = (these: readonly string[], those: readonly string[]): boolean =>
  these.every((text) => those.includes(text))

export const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]
