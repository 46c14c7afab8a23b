import type { Compute, EnvironmentRequest, LibraryOutcome } from '../../src/compute/compute.ts'

const installAll = ({ libraries }: EnvironmentRequest): LibraryOutcome[] =>
  libraries.map((library) => ({ library, status: 'INSTALLED', messages: [] }))

/** Takes the place of the machine: the real one needs Python, see test/conformance/compute-environments.test.ts. */
export const machine = (decide: (request: EnvironmentRequest) => LibraryOutcome[] = installAll) => {
  const requests: EnvironmentRequest[] = []
  const refuse = async () => {
    throw new Error('nothing runs in these tests')
  }
  const compute: Compute = {
    abilities: { python: { path: '/p', version: '3.11.0' }, java: { missing: '' }, rscript: { missing: '' } },
    environment: async (request) => {
      requests.push(request)
      request.onPhase?.('RESOLVING')
      request.onPhase?.('INSTALLING')
      return { python: '/p', outcomes: decide(request) }
    },
    start: refuse,
    log: () => ({ text: '', truncated: false }),
    reap: refuse,
    forget: refuse,
    close: async () => undefined,
  }
  return { compute, requests }
}
