// Routes `/catalog.json`, the server's datasets and the formats of their responses, for pages and programs.

import type { FastifyInstance } from 'fastify';
import { thisInstallation } from '../../../device/index.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import type { WaitingDataset } from '../../dataset/waiting.ts';
import { publishedInterval } from '../../source/row-source.ts';
import { SERVER_NAME } from '../../version.ts';
import { needsSignIn, readableBy, waitingFor } from '../guard.ts';
import { stretchLinks } from '../pages/array-links.ts';
import type { RouteContext } from '../server-state.ts';
import { LINES_PATH } from './attached.ts';
import { SIGN_IN } from './sign-in.ts';

export function catalogRoute(app: FastifyInstance, { state, formats }: RouteContext): void {
  const installation = thisInstallation().kind;
  const options = { exposeHeadRoute: true, config: { access: 'list' } } as const;
  app.get('/catalog.json', options, async (request, reply) => {
    reply.header('Cache-Control', 'no-cache');
    const readable = readableBy(request, state);
    const hasLines = state.builtin?.lines !== undefined && readable.length === state.datasets.length;
    return {
      server: SERVER_NAME,
      installation,
      // A configuration to begin with, while nobody has written one.
      ...(hasLines ? { lines: LINES_PATH } : {}),
      datasets: readable.map(datasetEntry),
      ...waitingEntries(waitingFor(request, state)),
      ...(needsSignIn(request, state) ? { signIn: SIGN_IN } : {}),
      formats: formats.map(format => ({
        suffix: format.suffix,
        aliases: format.aliases ?? [],
        mediaType: format.mediaType,
        label: format.label,
        summary: format.summary,
        constrainedBy: format.constrainedBy,
        ...(format.options === undefined ? {} : { options: format.options }),
        ...(format.needsEnd === true ? { needsEnd: true } : {}),
      })),
    };
  });
}

/** Datasets that cannot be read yet; absent without any. */
function waitingEntries(waiting: readonly WaitingDataset[]): object {
  if (waiting.length === 0) return {};
  return {
    waiting: waiting.map(({ info: { name, title, summary }, reason, since }) => ({
      ...{ name, title, summary, url: name, reason, since },
    })),
  };
}

function datasetEntry(dataset: Dataset) {
  const { info, layout, delivery } = dataset;
  const { store, source } = dataset.status();
  const { extent, history } = store ?? {};
  const provenance = source.kind === 'sensors' ? source.provenance : undefined;
  return {
    name: info.name,
    title: info.title,
    summary: info.summary,
    // Relative to this catalogue, so that it works behind any prefix.
    url: info.name,
    sequence: layout.name,
    columns: layout.columns.slice(1).map(column => column.name),
    ...(provenance === undefined ? {} : { provenance }),
    interval: publishedInterval(delivery),
    ...(info.limits === undefined ? {} : { limits: Object.fromEntries(info.limits) }),
    ...(extent === undefined ? {} : { extent, history: history !== undefined }),
    // Those of today, yesterday and this month that can be read as Arrays now.
    stretches: Object.fromEntries(
      stretchLinks(dataset, Date.now() / 1000).map(({ label, url }) => [label, url]),
    ),
  };
}
