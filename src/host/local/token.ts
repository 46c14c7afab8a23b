import type { HostTools } from '../host.ts'

/** Nobody vouches for a developer's machine. */
export const idToken = async (_tools: HostTools, _audience?: string): Promise<string | undefined> => undefined
