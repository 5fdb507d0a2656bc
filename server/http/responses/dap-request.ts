// Declares one request for a dataset, plans its constraint, and sets the headers of its response.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Plan, parseConstraint, planConstraint, type ResponseFormat } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { missingValues } from '../../dataset/describe.ts';

/** One request for a response of a dataset. */
export interface DapRequest {
  readonly dataset: Dataset;
  /** As it was sent, percent-encoded, without `?`. */
  readonly query: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The plans of requests without a constraint: thousands of streams share one plan. */
const everything = new WeakMap<Dataset, Plan>();

/** The query's constraint, checked against the dataset as a whole. Throws a `ConstraintError`. */
export function planOf({ dataset, query }: DapRequest): Plan {
  const known = query === '' ? everything.get(dataset) : undefined;
  if (known !== undefined) return known;
  const plan = planConstraint(parseConstraint(query), dataset.model, {
    now: Date.now() / 1000,
    missing: missingValues(dataset.model, dataset.attributes),
  });
  if (query === '') everything.set(dataset, plan);
  return plan;
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
