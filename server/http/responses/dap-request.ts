// Declares one request for a dataset, plans its constraint, and sets the headers of its response.

import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Constraint,
  type Plan,
  parseConstraint,
  planConstraint,
  type ResponseFormat,
} from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { missingValues } from '../../dataset/describe.ts';
import { ipOf } from '../../network/ip-address.ts';

/** One request for a response of a dataset. */
export interface DapRequest {
  readonly dataset: Dataset;
  /** As it was sent, percent-encoded, without `?`. */
  readonly query: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** True for the past alone: no rows but those that are there at this moment. */
  readonly isPast?: boolean;
  /** True where only users may read the dataset. */
  readonly isForUsers?: boolean;
}

/** The plans of requests without a constraint: thousands of streams share one plan. */
const everything = new WeakMap<Dataset, Plan>();

/**
 * The query's constraint, checked against the dataset as a whole.
 * @param constraint in place of the constraint that the query is
 * @throws ConstraintError
 */
export function planOf({ dataset, query, isPast }: DapRequest, constraint?: Constraint): Plan {
  const isEverything = query === '' && isPast !== true && constraint === undefined;
  const known = isEverything ? everything.get(dataset) : undefined;
  if (known !== undefined) return known;
  const now = Date.now() / 1000;
  const planUntil = (until?: number) =>
    planConstraint(constraint ?? parseConstraint(query), dataset.model, {
      now,
      missing: missingValues(dataset.model, dataset.attributes),
      ...(until === undefined ? {} : { until }),
    });
  let plan = planUntil(isPast === true ? newestTime(dataset, now) : undefined);
  // Rows of another machine that is away may come at any time: a reader who asks for those until now gets those that are there.
  const isStored = dataset.delivery.kind === 'pushed' && dataset.load === undefined;
  if (isUntilNow(plan, now) && isStored && !dataset.isClocked) plan = planUntil(newestTime(dataset, now));
  if (isEverything) everything.set(dataset, plan);
  return plan;
}

/** Whether the upper bound on time was written with `now`, and not with a moment to come. */
function isUntilNow({ isRelative, time }: Plan, now: number): boolean {
  return isRelative && time.high <= now;
}

/** The time of the newest row that is there; minus infinity without one. A dataset that makes rows for each reader has them until now. */
function newestTime(dataset: Dataset, now: number): number {
  if (dataset.delivery.kind === 'on-demand') return now;
  const { lastTime = Number.NEGATIVE_INFINITY, store } = dataset.status();
  // A clock that is behind the stored rows makes rows with earlier times.
  return Math.max(lastTime, store?.history?.lastTime ?? Number.NEGATIVE_INFINITY);
}

/** The query as it was sent, without `?`. */
export function rawQuery({ raw: { url = '' } }: FastifyRequest): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

/** The client's address, as a trusted proxy gives it; the proxy's own where it gives none that is valid. */
export function clientOf({ ip, raw }: FastifyRequest): string {
  return ipOf(ip) ?? ipOf(raw.socket.remoteAddress) ?? '';
}

/** Sets the headers of a response in the given format. */
export function setHeaders(reply: FastifyReply, { mediaType, description }: ResponseFormat): FastifyReply {
  return reply.type(mediaType).headers({
    // Without these, getdap caches, and proxies compress or collect.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    ...(description === undefined ? {} : { 'Content-Description': description }),
  });
}
