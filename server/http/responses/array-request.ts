// Declares one request for a stretch of a dataset as Arrays, finds its rows, and plans its constraint.

import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type ArrayPlan,
  type AttributeTable,
  type DapDataset,
  parseConstraint,
  planArrays,
} from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { arraysAttributes, arraysModel } from '../../dataset/describe-arrays.ts';
import { stateAttributes } from '../../dataset/state-attributes.ts';
import { type Stretch, StretchError, type StretchProblem, type TimeStretch } from '../../dataset/stretch.ts';
import { stretchName } from '../../dataset/stretch-name.ts';
import { RequestError } from '../../request-error.ts';
import type { ServerState } from '../server-state.ts';

/** One request for a response of a stretch. */
export interface ArrayRequest {
  readonly dataset: Dataset;
  /** The stretch as the address names it. */
  readonly name: string;
  readonly stretch: Stretch;
  /** The Arrays of the whole stretch. */
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /** As it was sent, percent-encoded, without `?`. */
  readonly query: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** True where only users may read the dataset. */
  readonly isForUsers: boolean;
}

/** The most values of an Array: its size is a signed number of 32 bits in DAP2 libraries. */
const MOST_VALUES = 2 ** 31 - 1;

/** The status of each refusal. netCDF's library prints the message of an Error object unless the status is 404. */
const STATUS: Readonly<Record<StretchProblem, number>> = {
  running: 409,
  gone: 410,
  'on-demand': 400,
  clock: 409,
  away: 503,
};

/**
 * Finds the rows of a stretch.
 * @throws {RequestError} where they are not all there, with the address that works
 */
export async function findArrays(
  dataset: Dataset,
  time: TimeStretch,
  asked: Pick<ArrayRequest, 'name' | 'query' | 'request' | 'reply' | 'isForUsers'>,
  state: ServerState,
): Promise<ArrayRequest> {
  const { info, layout } = dataset;
  const stretch = await dataset.stretch(time).catch((error: unknown) => {
    throw refusalOf(dataset, asked.name, error);
  });
  if (stretch.count > MOST_VALUES) {
    throw new RequestError(
      400,
      `/${info.name}/${asked.name}: expected at most ${MOST_VALUES} rows, found ${stretch.count}; request a shorter stretch`,
    );
  }
  const sequenceAttributes = stateAttributes(dataset, state.clock?.synchronized);
  return {
    ...asked,
    dataset,
    stretch,
    model: arraysModel(info.name, layout, stretch.count),
    attributes: arraysAttributes(sequenceAttributes, layout, time, info.attributes),
  };
}

/** The query's constraint, checked against the Arrays. Throws a `ConstraintError`. */
export function arrayPlanOf({ dataset, model, query }: ArrayRequest): ArrayPlan {
  const { info, layout } = dataset;
  const instead = `conditions work on the Sequence "${layout.name}" at /${info.name}`;
  return planArrays(parseConstraint(query), model, instead);
}

/** The answer to an error of a stretch; any other error as it is. */
export function refusalOf({ info }: Dataset, name: string, error: unknown): unknown {
  if (!(error instanceof StretchError)) return error;
  const { problem, message, part } = error;
  const address = part && `/${info.name}/${stretchName(part)}`;
  const advice =
    address === undefined
      ? ''
      : problem === 'running'
        ? `; the part that is over is at ${address}`
        : `; the part that is there is at ${address}`;
  return new RequestError(STATUS[problem], `/${info.name}/${name}: ${message}${advice}`);
}
