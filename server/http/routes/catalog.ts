// Which datasets does this server have? `/catalog.json`, for pages and programs.

import type { FastifyInstance } from 'fastify';
import type { Dataset } from '../../dataset/dataset.ts';
import { SEQUENCE_NAME } from '../../dataset/describe.ts';
import { SERVER_NAME } from '../../version.ts';

export function catalogRoute(app: FastifyInstance, datasets: () => readonly Dataset[]): void {
  app.get('/catalog.json', { exposeHeadRoute: true }, async (_request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    return {
      server: SERVER_NAME,
      datasets: datasets().map(({ info, interval }) => ({
        name: info.name,
        title: info.title,
        summary: info.summary,
        // Relative to this catalogue, so that it holds behind any prefix.
        url: info.name,
        sequence: SEQUENCE_NAME,
        interval,
      })),
    };
  });
}
