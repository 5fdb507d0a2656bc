// Routes `/catalog.json`, the server's datasets and the formats of their responses, for pages and programs.

import type { FastifyInstance } from 'fastify';
import { publishedInterval } from '../../source/row-source.ts';
import { SERVER_NAME } from '../../version.ts';
import type { RouteContext } from '../server-state.ts';

export function catalogRoute(app: FastifyInstance, { state, formats }: RouteContext): void {
  app.get('/catalog.json', { exposeHeadRoute: true }, async (_request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return {
      server: SERVER_NAME,
      datasets: state.datasets.map(({ info, layout, delivery }) => ({
        name: info.name,
        title: info.title,
        summary: info.summary,
        // Relative to this catalogue, so that it works behind any prefix.
        url: info.name,
        sequence: layout.name,
        interval: publishedInterval(delivery),
      })),
      formats: formats.map(format => ({
        suffix: format.suffix,
        aliases: format.aliases ?? [],
        mediaType: format.mediaType,
        label: format.label,
        summary: format.summary,
        constrainedBy: format.constrainedBy,
      })),
    };
  });
}
