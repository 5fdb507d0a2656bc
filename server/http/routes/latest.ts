// Routes `/NAME/latest.json` and `/latest.json`: the newest row, and with `?spark=MINUTES` the recent past of each column.

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Dataset } from '../../dataset/dataset.ts';
import { isTimeZone } from '../../recent/day.ts';
import { MOST_MINUTES } from '../../recent/recent-rows.ts';
import { RecentWatch } from '../../recent/recent-watch.ts';
import { RequestError } from '../../request-error.ts';
import { VERSION } from '../../version.ts';
import { NO_NAME, readableBy } from '../guard.ts';
import { newestRowOf } from '../responses/newest-row.ts';
import { recentFields } from '../responses/recent-fields.ts';
import { SharedAnswers } from '../responses/shared-answers.ts';
import type { RouteContext } from '../server-state.ts';
import { openDatasetOf } from './unknown.ts';

/** The longest name of a time zone. */
const LONGEST_ZONE = 64;

interface Recent {
  readonly minutes: number;
  readonly zone: string | undefined;
}

type Query = Readonly<Record<string, unknown>>;

export function latestRoutes(app: FastifyInstance, { state }: RouteContext): void {
  const watch = new RecentWatch();
  const answers = new SharedAnswers();
  app.addHook('preClose', async () => watch.close());

  /** The body for these datasets; one for all clients that ask for the recent past at about the same time. */
  async function answer(
    key: string,
    datasets: readonly Dataset[],
    query: Query,
    bodyOf: (entries: readonly object[]) => object,
  ): Promise<string> {
    const recent = recentIn(query);
    if (recent === undefined) {
      const now = Date.now() / 1000;
      return JSON.stringify(bodyOf(datasets.map(dataset => newestRowOf(dataset, now))));
    }
    return answers.of(`${key} ${recent.minutes} ${recent.zone ?? ''}`, async () => {
      const known = await watch.of(datasets);
      const now = Date.now() / 1000;
      const entries = datasets.map(dataset => ({
        ...newestRowOf(dataset, now),
        recent: recentFields(dataset, known.get(dataset), { ...recent, now }),
      }));
      return JSON.stringify(bodyOf(entries));
    });
  }

  const options = { exposeHeadRoute: true, config: { access: 'list' } } as const;
  app.get<{ Querystring: Query }>('/latest.json', options, async (request, reply) => {
    const { query } = request;
    const datasets = readableBy(request, state);
    const head = () => ('spark' in query ? { server: VERSION, now: Date.now() / 1000 } : {});
    // A dataset that came or went by a reload is another list.
    const key = datasets.map(({ info }) => info.name).join(',');
    return send(reply, await answer(key, datasets, query, entries => ({ ...head(), datasets: entries })));
  });
  app.get<{ Params: { name: string }; Querystring: Query }>(
    '/:name/latest.json',
    { exposeHeadRoute: true, config: { access: { dataset: ({ name = '' }) => name || NO_NAME } } },
    async ({ params: { name }, query }, reply) => {
      const dataset = openDatasetOf(name || NO_NAME, state);
      return send(reply, await answer(`/${name}`, [dataset], query, ([entry]) => entry!));
    },
  );
}

function send(reply: FastifyReply, body: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').header('Cache-Control', 'no-store').send(body);
}

/** The recent past that a query asks for; undefined if it asks for none. @throws `RequestError` */
function recentIn({ spark, zone }: Query): Recent | undefined {
  if (spark === undefined) {
    if (zone === undefined) return undefined;
    throw new RequestError(400, 'expected spark=MINUTES beside zone, as in ?spark=60&zone=Europe/Berlin');
  }
  const minutes = typeof spark === 'string' && /^\d{1,3}$/.test(spark) ? Number(spark) : Number.NaN;
  if (!(minutes <= MOST_MINUTES)) {
    throw new RequestError(
      400,
      `spark: expected a number of minutes from 0 to ${MOST_MINUTES}, found ${JSON.stringify(spark)}`,
    );
  }
  if (zone !== undefined && !isZone(zone)) {
    const found = JSON.stringify(zone).slice(0, 2 * LONGEST_ZONE);
    throw new RequestError(
      400,
      `zone: expected the name of a time zone, such as Europe/Berlin, found ${found}`,
    );
  }
  return { minutes, zone };
}

function isZone(zone: unknown): zone is string {
  return typeof zone === 'string' && zone !== '' && zone.length <= LONGEST_ZONE && isTimeZone(zone);
}
