// Routes `/`, the built page and its files, or the list of datasets if the page is not built; and `/catalog.html`.

import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PROGRAM_ROOT } from '../../version.ts';
import { needsSignIn, readableBy, waitingFor } from '../guard.ts';
import { cataloguePage } from '../pages/catalogue.ts';
import { type Html, html } from '../pages/html.ts';
import { rootOf } from '../pages/own-address.ts';
import { PAGE_SCRIPT, SCRIPT_PATH } from '../pages/script.ts';
import { PAGE_STYLE, STYLE_PATH } from '../pages/style.ts';
import type { RouteContext, ServerState } from '../server-state.ts';
import { SIGN_IN } from './sign-in.ts';

const files = () => ({ exposeHeadRoute: true, config: { access: 'files' } }) as const;

/** The paths of the files below a folder, with slashes. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'));
}

function signInNote(request: FastifyRequest, state: ServerState): Html {
  if (!needsSignIn(request, state)) return html``;
  return html`<p><a href="${rootOf(request)}${SIGN_IN}">Sign in</a> to read datasets that are not public.</p>`;
}

export async function pageRoutes(
  app: FastifyInstance,
  { state, formats }: RouteContext,
  webRoot: string | undefined,
): Promise<void> {
  const file = (path: string, type: string, content: string) =>
    app.get(`/${path}`, files(), (_request, reply) =>
      reply.type(type).header('Cache-Control', 'no-cache').send(content),
    );
  file(STYLE_PATH, 'text/css; charset=utf-8', PAGE_STYLE);
  file(SCRIPT_PATH, 'text/javascript; charset=utf-8', PAGE_SCRIPT);
  app.get<{ Querystring: { q?: string | string[] } }>(
    '/catalog.html',
    { exposeHeadRoute: true, config: { access: 'list' } },
    (request, reply) => {
      const search = [request.query.q ?? ''].flat().join(' ').trim();
      return reply
        .type('text/html; charset=utf-8')
        .header('Cache-Control', 'no-cache')
        .send(
          cataloguePage(readableBy(request, state), formats, {
            ...{ root: rootOf(request), search },
            note: signInNote(request, state),
            waiting: waitingFor(request, state),
          }),
        );
    },
  );
  if (webRoot === undefined || !existsSync(join(webRoot, 'index.html'))) {
    const note = html`<p>The live page is not built; <code>npm run build</code> builds it.</p>`;
    app.get('/', { exposeHeadRoute: true, config: { access: 'list' } }, (request, reply) =>
      reply.type('text/html; charset=utf-8').send(
        cataloguePage(readableBy(request, state), formats, {
          ...{ root: rootOf(request), search: '' },
          note: html`${note}${signInNote(request, state)}`,
          waiting: waitingFor(request, state),
        }),
      ),
    );
    const icon = new URL('web/public/favicon.svg', PROGRAM_ROOT);
    if (existsSync(icon)) file('favicon.svg', 'image/svg+xml', readFileSync(icon, 'utf8'));
    return;
  }
  await app.register(async inner => {
    inner.addHook('onRoute', route => {
      route.config = { ...route.config, access: 'files' };
    });
    await inner.register(fastifyStatic, {
      root: webRoot,
      // The routes are made here: the module would search the folder with a library of patterns.
      serve: false,
      cacheControl: false,
      setHeaders(reply, path) {
        // The names of files under assets/ contain a hash of their content; browsers ask for the others anew.
        const hashed = /[\\/]assets[\\/]/.test(path);
        reply.header('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
    const serve = (url: string, path: string) =>
      inner.route({ method: ['GET', 'HEAD'], url, handler: (_request, reply) => reply.sendFile(path) });
    for (const path of await filesIn(webRoot)) serve(`/${path}`, path);
    serve('/', 'index.html');
  });
}
