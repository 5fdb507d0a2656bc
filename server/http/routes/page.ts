// What does `/` answer? The built page and its files; where they are not built, a list of the datasets.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Dataset } from '../../dataset/dataset.ts';
import { listPage } from '../pages/list.ts';
import { PAGE_STYLE, STYLE_PATH } from '../pages/style.ts';

export async function pageRoutes(
  app: FastifyInstance,
  datasets: () => readonly Dataset[],
  webRoot: string | undefined,
): Promise<void> {
  app.get(STYLE_PATH, { exposeHeadRoute: true }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('Cache-Control', 'no-cache').send(PAGE_STYLE),
  );
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    app.get('/', { exposeHeadRoute: true }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(listPage(datasets())),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    cacheControl: false,
    setHeaders(reply, path) {
      // Files under assets/ bear a hash of their content in their name; the others are asked for anew.
      const hashed = /[\\/]assets[\\/]/.test(path);
      reply.header('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
