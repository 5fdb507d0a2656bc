// Words for `dapberry check` where the rows of a dataset are sent, and which datasets of a fleet are served.

import type { FleetConfig } from '../config/config.ts';
import type { publishOf } from '../config/publish.ts';

type Line = readonly [subject: string, text: string];

/** The lines of a fleet whose datasets are served besides. */
export function fleetLines(fleet: FleetConfig | undefined): readonly Line[] {
  if (fleet === undefined) return [];
  const { nats, datasets } = fleet;
  const which = datasets === '*' ? 'every dataset' : `datasets with names like ${datasets}`;
  return [
    ['fleet', `${which} of the stream ${nats.stream} at ${nats.servers.join(', ')}`],
    ...credentials(nats),
  ];
}

/** The lines of the receivers of a dataset's rows. `publish` has the options of its sinks by their kinds, as `publishOf` makes them. */
export function publishLines(publish: ReturnType<typeof publishOf>): readonly Line[] {
  return Object.entries(publish ?? {}).flatMap(([kind, options]) => {
    const { url, topic, servers, stream, name, ...rest } = options as SinkOptions;
    const place =
      servers === undefined
        ? `${url}, topic ${topic}`
        : `${servers.join(', ')}, stream ${stream}, name ${name}`;
    return [['publish', `by ${kind} to ${place}`] as const, ...credentials(rest)];
  });
}

/** The options of either kind that say where the rows go. */
interface SinkOptions {
  readonly url?: string;
  readonly topic?: string;
  readonly servers?: readonly string[];
  readonly stream?: string;
  readonly name?: string;
  readonly credentials?: string;
}

function credentials({ credentials: file }: { readonly credentials?: string }): readonly Line[] {
  return file === undefined ? [] : [['credentials', `of ${file}`]];
}
