// The format `.events`: Server-Sent Events, a row an event, which a browser's EventSource resumes by itself after a break.

import type { IncomingHttpHeaders } from 'node:http';
import {
  type Constraint,
  type RowEncoder,
  resumeAfter,
  type Sequence,
  timeClause,
} from '../../dap/protocol.ts';
import { TIME_OPTION, timeForm } from './column-text.ts';
import { END_ID, printUntil, readEventId } from './event-id.ts';
import { jsonEncoder, objectFrame } from './json-rows.ts';
import type { RowContent, RowFormat, RowRequest, RowWriter } from './row-format.ts';

/** Milliseconds after which a client returns. */
const RETRY = 2000;

/** The id keeps a client from starting again; the data makes it an event that a page hears of. */
const END = `id: ${END_ID}\nevent: end\ndata: {}\n\n`;

/** A comment, which no page hears of. */
const KEEP_ALIVE = ':\n\n';

/** A number of rows, in front of the columns. */
const COUNT = { type: 'Float64', name: 'count' } as const;

export const events: RowFormat = {
  suffix: '.events',
  mediaType: 'text/event-stream; charset=utf-8',
  label: 'events',
  summary: 'the rows as Server-Sent Events for EventSource, which resumes by itself after a break',
  constrainedBy: 'constraint',
  name: 'events',
  hasTime: true,
  options: [TIME_OPTION],
  revise,
  open: content => writerOf(content),
  openFor(request) {
    const { rows, thinning, time } = request.plan;
    const isResumedByTime =
      rows === undefined && thinning === undefined && time.high === Number.POSITIVE_INFINITY;
    return isResumedByTime ? undefined : countingWriter(request);
  },
};

/** Requests the rows behind the last one that the client has. */
function revise(
  constraint: Constraint,
  { 'last-event-id': id = '' }: IncomingHttpHeaders,
  time: string,
): Constraint | 'complete' {
  const last = readEventId(String(id));
  if (last === undefined) return constraint;
  if (last === END_ID) return 'complete';
  const rest = resumeAfter(constraint, { time, last: last.time, rowsSeen: last.rows ?? 1 });
  const { until } = last;
  if (until === undefined) return rest;
  const bound = timeClause(time, until.highInclusive ? '<=' : '<', until.high);
  return { ...rest, selections: [...rest.selections, bound] };
}

/** Ids are times alone. */
function writerOf(content: RowContent): RowWriter {
  const { sequence } = content.plan;
  const time = timeIndex(sequence);
  const { encode, rowBytes } = eventEncoder(content, [sequence.fields[time]!], ['id: ']);
  return {
    ...frame(),
    encode: ({ length, columns }, from, to, into) =>
      encode({ length, columns: [columns[time]!, ...columns] }, from, to, into),
    rowBytes,
  };
}

/** Ids have the number of rows and the upper bound, too. */
function countingWriter(request: RowRequest): RowWriter {
  const { plan, headers } = request;
  const time = timeIndex(plan.sequence);
  const id = [plan.sequence.fields[time]!, COUNT];
  const { encode, rowBytes } = eventEncoder(request, id, ['id: ', ' '], printUntil(plan.time));
  const last = readEventId(String(headers['last-event-id'] ?? ''));
  let count = typeof last === 'object' ? (last.rows ?? 1) : 0;
  return {
    ...frame(),
    encode({ length, columns }, from = 0, to = length, into) {
      const counts = new Float64Array(to);
      for (let row = from; row < to; row++) counts[row] = ++count;
      return encode({ length, columns: [columns[time]!, counts, ...columns] }, from, to, into);
    },
    rowBytes,
  };
}

function frame(): Pick<RowWriter, 'head' | 'end' | 'endOfSource' | 'keepAlive'> {
  return {
    head: Buffer.from(`retry: ${RETRY}\n\n`),
    end: Buffer.from(END),
    // The client returns, and gets the rest of its rows after a restart.
    endOfSource: new Uint8Array(0),
    keepAlive: Buffer.from(KEEP_ALIVE),
  };
}

/** @param id the columns of the id, which come before the others, and the text before each */
function eventEncoder(
  { plan: { sequence }, attributes, options }: RowContent,
  id: Sequence['fields'],
  before: readonly string[],
  afterId = '',
): { readonly encode: RowEncoder; readonly rowBytes: number | undefined } {
  const [first = '', ...rest] = objectFrame(sequence).before;
  return jsonEncoder({ ...sequence, fields: [...id, ...sequence.fields] }, attributes, timeForm(options), {
    before: [...before, `${afterId}\ndata: ${first}`, ...rest],
    end: '}\n\n',
    plain: id.length,
  });
}

function timeIndex({ fields }: Sequence): number {
  return fields.findIndex(({ name }) => name === 'time');
}
