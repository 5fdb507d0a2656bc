// Routes `/docs/`: the documentation that travels with the program, as pages, and as Markdown at the same addresses with `.md`.

import type { FastifyInstance } from 'fastify';
import { RequestError } from '../../request-error.ts';
import { PROGRAM_ROOT } from '../../version.ts';
import { varyByAccept, weightOf } from '../accept.ts';
import { Shelf } from '../docs/shelf.ts';
import { isKnown, sendKnown } from '../responses/caching.ts';

/** A picture has its style within itself. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** @param root the folder of the program */
export function docsRoutes(app: FastifyInstance, root = PROGRAM_ROOT): void {
  const shelf = new Shelf(root);
  const options = () => ({ exposeHeadRoute: true, config: { access: 'files' } }) as const;
  app.get('/docs', options(), (_request, reply) => reply.redirect('docs/', 302));
  app.get<{ Params: { '*': string } }>('/docs/*', options(), async (request, reply) => {
    const { accept = '' } = request.headers;
    const address = request.params['*'];
    const answer = await shelf.get(address, weightOf(accept, 'text/markdown') > 0);
    if (answer === undefined) {
      throw new RequestError(
        404,
        `expected a page of the documentation, found "${address}"; /docs/ lists them`,
      );
    }
    const { mediaType, body, etag } = answer;
    varyByAccept(reply).headers({ 'Cache-Control': 'no-cache', ETag: etag }).type(mediaType);
    if (mediaType === 'image/svg+xml') reply.header('Content-Security-Policy', PICTURE_POLICY);
    return isKnown(request, etag) ? sendKnown(reply) : reply.send(body);
  });
}
