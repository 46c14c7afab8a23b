import { createAdaptorServer } from '@hono/node-server'
import { Torn } from './faults.ts'
import { denied } from './refused.ts'
import { refusal } from './router.ts'

export interface Listening {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Ends open connections too. */
  readonly close: () => Promise<void>
}

/**
 * Only browsers send Origin, with everything that changes something. A web page may reach 127.0.0.1, by its address or by a name of
 * its own that leads there, and this workspace runs code.
 */
const noBrowser = 'The embedded workspace does not serve requests of web pages (header Origin)'

/** Tells @hono/node-server that nothing is left to be sent. */
const alreadySent = () => new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

/**
 * Serve on 127.0.0.1. Absolute request targets work (`GET http://any.host/api/...`), so clients may use this as
 * their `http_proxy`.
 * @param port 0 picks a free one
 * @throws the system's error (EADDRINUSE, EACCES) when the port cannot be had
 */
export const listen = async (
  handle: (request: Request) => Promise<Response>,
  port: number,
): Promise<Listening> => {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      if (request.headers.has('origin')) return refusal(denied(noBrowser))
      try {
        return await handle(request)
      } catch (error) {
        if (!(error instanceof Torn)) throw error
        env.incoming.socket.destroy()
        return alreadySent()
      }
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
