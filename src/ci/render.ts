import { renderAzure } from './azure/render.ts'
import { renderGithub } from './github/render.ts'
import { renderGitlab } from './gitlab/render.ts'
import type { GeneratedFile, Host, Pipeline, Render } from './model.ts'

const renderers: Readonly<Record<Host, Render>> = {
  gitlab: renderGitlab,
  azure: renderAzure,
  github: renderGithub,
}

/** The files of every host that the pipeline names, in the order of the hosts. */
export const render = (pipeline: Pipeline): GeneratedFile[] =>
  pipeline.hosts.flatMap((host) => renderers[host](pipeline))
