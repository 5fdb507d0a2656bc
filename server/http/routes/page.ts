// Routes `/`: the built page and its files, or a list of the datasets if the page is not built.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { listPage } from '../pages/list.ts';
import { PAGE_STYLE, STYLE_PATH } from '../pages/style.ts';
import type { RouteContext } from '../server-state.ts';

export async function pageRoutes(
  app: FastifyInstance,
  { state, formats }: RouteContext,
  webRoot: string | undefined,
): Promise<void> {
  app.get(STYLE_PATH, { exposeHeadRoute: true }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('Cache-Control', 'no-cache').send(PAGE_STYLE),
  );
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    app.get('/', { exposeHeadRoute: true }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(listPage(state.datasets, formats)),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      // The names of files under assets/ contain a hash of their content; browsers ask for the others anew.
      const hashed = /[\\/]assets[\\/]/.test(path);
      reply.header('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
