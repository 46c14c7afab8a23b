import type { Host } from '../host.ts'

/** Nobody to publish to. */
export const publish: Host['publish'] = async () => []
