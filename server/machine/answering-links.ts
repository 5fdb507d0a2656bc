// Reads from the health of a server which other machines it sends rows to or takes rows from, and which of them it cannot reach.

import { z } from 'zod';

/** A connection of a running server to another machine. */
export interface AnsweringLink {
  /** `publish` for a receiver of rows, `source` for a server whose rows a dataset has, `fleet` for the stream of a fleet. */
  readonly kind: 'publish' | 'source' | 'fleet';
  /** The other machine, such as `mqtt://broker.local dapberry/pi/roof`. */
  readonly to: string;
  /** The dataset whose rows they are; absent for a fleet. */
  readonly dataset?: string;
  readonly state: 'connected' | 'connecting' | 'away';
  /** Why it is away, or what else is wrong. */
  readonly problem?: string;
}

const ERROR = z.object({ message: z.string() }).optional();

const FEED = z.object({
  kind: z.string(),
  to: z.string().optional(),
  state: z.enum(['connecting', 'connected', 'away']),
  lastError: ERROR,
});

const RELAY = z.object({
  kind: z.literal('dap2'),
  address: z.string(),
  state: z.enum(['connecting', 'following', 'away']),
  lastError: ERROR,
});

const STREAM = z.object({
  servers: z.array(z.string()),
  stream: z.string(),
  state: z.enum(['following', 'away', 'resting']),
  problem: z.string().optional(),
});

const FLEET = STREAM.extend({ refused: z.record(z.string(), z.string()) });

const SOURCE = z.union([RELAY, STREAM.extend({ kind: z.literal('nats') })]);

/** The fields of a dataset in /health that say so. */
export const LINKS_OF_DATASET = {
  publish: z.array(FEED).optional().catch(undefined),
  source: SOURCE.optional().catch(undefined),
};

/** The field of /health for a fleet. */
export const LINKS_OF_FLEET = { fleet: FLEET.optional().catch(undefined) };

interface LinkedHealth {
  readonly datasets: readonly ({ readonly name: string } & z.infer<z.ZodObject<typeof LINKS_OF_DATASET>>)[];
  readonly fleet?: z.infer<typeof FLEET> | undefined;
}

/** In the order of the datasets; the fleet comes last. */
export function linksOf({ datasets, fleet }: LinkedHealth): readonly AnsweringLink[] {
  return [
    ...datasets.flatMap(({ name: dataset, publish = [], source }) => [
      ...publish.map(feed => {
        const { kind, to = kind, state, lastError } = feed;
        const problem = state === 'away' ? lastError?.message : undefined;
        return { kind: 'publish', to, dataset, state, ...withProblem(problem) } as const;
      }),
      ...(source === undefined ? [] : [sourceLink(dataset, source)]),
    ]),
    ...(fleet === undefined ? [] : [fleetLink(fleet)]),
  ];
}

function sourceLink(dataset: string, source: z.infer<typeof SOURCE>): AnsweringLink {
  if (source.kind === 'nats') return { kind: 'source', to: placeOf(source), dataset, ...streamState(source) };
  const { address: to, lastError } = source;
  const state = source.state === 'following' ? 'connected' : source.state;
  return {
    ...{ kind: 'source', to, dataset, state },
    ...withProblem(state === 'away' ? lastError?.message : undefined),
  } as const;
}

function fleetLink({ refused, ...stream }: z.infer<typeof FLEET>): AnsweringLink {
  const left = Object.entries(refused).map(([dataset, reason]) => `${dataset} is not served: ${reason}`);
  const { state, problem } = streamState(stream);
  const problems = [...(problem === undefined ? [] : [problem]), ...left];
  return {
    kind: 'fleet',
    to: placeOf(stream),
    state,
    ...withProblem(problems.length === 0 ? undefined : problems.join('; ')),
  };
}

function streamState({ state, problem }: z.infer<typeof STREAM>): Pick<AnsweringLink, 'state' | 'problem'> {
  return { state: state === 'away' ? 'away' : 'connected', ...withProblem(problem) };
}

function placeOf({ servers, stream }: z.infer<typeof STREAM>): string {
  return `the stream ${stream} at ${servers.join(', ')}`;
}

function withProblem(problem: string | undefined): { readonly problem?: string } {
  return problem === undefined ? {} : { problem };
}
