/** The plain MLflow server below `/mlflow`, as far as it is no API: `/health`, `/version`, and HTML for what it does not know. */
import type { Context, Hono } from 'hono'
import { mlflowRoot } from '../server/router.ts'

/** The server whose behaviour this one has; clients compare it with their own version. */
const version = '3.17.2'

const rest = `${mlflowRoot}/*`
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const page = (c: Context, status: 404 | 405, title: string): Response =>
  c.html(`<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`, status)

/** Whether some other verb would be answered there. */
const known = (app: Hono, path: string): boolean =>
  methods.some((method) => app.router.match(method, path)[0].some(([[, route]]) => route.path !== rest))

/** Mount it last: it answers whatever below `/mlflow` nothing else did. */
export const mountMlflow = (app: Hono): void => {
  app.get(`${mlflowRoot}/health`, (c) => c.text('OK'))
  app.get(`${mlflowRoot}/version`, (c) => c.text(version))
  app.all(rest, (c) =>
    known(app, c.req.path) ? page(c, 405, 'Method Not Allowed') : page(c, 404, 'Not Found'),
  )
}
