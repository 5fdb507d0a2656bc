// Reads a request for rows: the options of the format, the plan of the constraint, and whether the rows end.

import {
  type Constraint,
  ConstraintError,
  isEndless,
  type Plan,
  parseConstraint,
  planAttributes,
  type ResponseFormat,
  type Sequence,
} from '../../../dap/protocol.ts';
import { type ChosenOptions, takeOptions } from '../../formats/format-options.ts';
import { ROW_FORMATS } from '../../formats/list.ts';
import { optionHint } from '../../formats/option-hint.ts';
import type { RowFormat, RowRequest } from '../../formats/row-format.ts';
import { RequestError } from '../../request-error.ts';
import { type DapRequest, planOf } from './dap-request.ts';

/**
 * The rows that a client asks for; `complete` if it has all of them.
 * @throws ConstraintError for a wrong constraint, RequestError for a wrong option, and for endless rows in a format that needs an end
 */
export function rowRequest(format: RowFormat, asked: DapRequest): RowRequest | 'complete' {
  try {
    return readRequest(format, asked);
  } catch (error) {
    if (error instanceof ConstraintError)
      error.message += optionHint(asked.query, format, ROW_FORMATS, columnsOf(asked));
    throw error;
  }
}

function readRequest(format: RowFormat, asked: DapRequest): RowRequest | 'complete' {
  const { query, request } = asked;
  const { options = [], revise } = format;
  if (options.length === 0 && revise === undefined) return planned(format, asked);
  const { constraint, chosen } = takeOptions(query, options, columnsOf(asked));
  const rest = revise === undefined ? constraint : revise(constraint, request.headers, timeOf(asked));
  if (rest === 'complete') return 'complete';
  // Requests for everything share a plan.
  return planned(format, asked, query === '' && rest === constraint ? undefined : rest, chosen);
}

function planned(
  format: RowFormat,
  asked: DapRequest,
  constraint?: Constraint,
  options: ChosenOptions = {},
): RowRequest {
  const { dataset, request } = asked;
  const plan = bounded(format, asked, withTime(format, asked, planOf(asked, constraint), constraint));
  const [source] = dataset.model.variables as readonly [Sequence];
  const attributes = planAttributes(plan, source, dataset.attributes);
  const { headers, raw } = request;
  return { dataset, plan, options, attributes, headers, address: raw.url ?? '' };
}

/** The plan with the column `time` first, if the format needs that column and the projection leaves it out. */
function withTime(format: RowFormat, asked: DapRequest, plan: Plan, constraint?: Constraint): Plan {
  if (format.hasTime !== true || plan.sequence.fields.some(({ name }) => name === 'time')) return plan;
  const { projections, ...rest } = constraint ?? parseConstraint(asked.query);
  const steps = timeOf(asked)
    .split('.')
    .map(name => ({ name, indices: [] }));
  return planOf(asked, { ...rest, projections: [{ kind: 'name', steps }, ...projections] });
}

function bounded({ suffix, needsEnd }: ResponseFormat, { dataset }: DapRequest, plan: Plan): Plan {
  if (needsEnd !== true || !isEndless(plan)) return plan;
  const { name } = dataset.info;
  throw new RequestError(
    400,
    `${suffix} holds rows that end: expected an upper bound on time, such as "&time<=now", or on rows, such as "${dataset.layout.name}[0:1:9]", found neither; /past/${name}${suffix} ends now by itself`,
  );
}

function columnsOf({ dataset }: DapRequest): readonly string[] {
  return dataset.layout.columns.map(({ name }) => name);
}

function timeOf({ dataset }: DapRequest): string {
  return `${dataset.layout.name}.time`;
}
