// Makes constraints with a valid function: fast-check arbitraries.

import fc from 'fast-check';
import type { Call, Constraint } from '../../../../dap/constraint/index.ts';
import { upperTimeBound } from '../../../../dap/constraint/index.ts';
import { request } from '../requests.ts';
import type { FunctionRequest } from './naive.ts';

const EXTREMES = ['orderByMin', 'orderByMax', 'orderByMinMax'];

const asked: fc.Arbitrary<FunctionRequest> = fc.record({
  name: fc.constantFrom(
    'bucket',
    'orderByMean',
    'orderByCount',
    'orderByClosest',
    'orderByLimit',
    ...EXTREMES,
  ),
  width: fc.constantFrom(undefined, 1, 2, 5, 7, 10, 60),
  offset: fc.integer({ min: -7, max: 7 }),
  key: fc.constantFrom('time', 'temperature', 'voltage', 'count'),
  limit: fc.integer({ min: 1, max: 4 }),
});

function callOf({ name, width, offset, key, limit }: FunctionRequest): Call {
  const shift = offset === 0 ? '' : `:${offset}`;
  const interval = name === 'orderByClosest' ? `time/${width}` : `time/${width}${shift}`;
  const rest = EXTREMES.includes(name) ? [key] : name === 'orderByLimit' ? [limit] : [];
  const value = [...(width === undefined ? [] : [interval]), ...rest].join(', ');
  return { kind: 'call', name, args: [{ kind: 'text', value }] };
}

export interface Request {
  readonly asked: FunctionRequest;
  readonly constraint: Constraint;
}

/** Constraints that are no mistake: every one can be planned. */
export const thinned: fc.Arbitrary<Request> = fc
  .record({ asked, constraint: request, place: fc.nat(3) })
  .filter(({ asked: { name, width, limit }, constraint }) => {
    if (width === undefined)
      return (
        EXTREMES.includes(name) && upperTimeBound(constraint, 'sensor.time', 0) < Number.POSITIVE_INFINITY
      );
    return name !== 'orderByLimit' || limit === 1 || hasNoIndex(constraint);
  })
  .map(({ asked, constraint: { projections, selections }, place }) => ({
    asked,
    constraint: {
      projections,
      selections: selections.toSpliced(place, 0, callOf(asked)),
    },
  }));

function hasNoIndex({ projections }: Constraint): boolean {
  return projections.every(
    item => item.kind === 'name' && item.steps.every(step => step.indices.length === 0),
  );
}
