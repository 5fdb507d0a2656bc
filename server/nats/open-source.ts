// Opens the source of a dataset that takes its rows from a stream of NATS, as soon as its layout is known.

import { messageOf } from '../../device/index.ts';
import { SourceAway } from '../source/layout-changed.ts';
import type { SourceEvent } from '../source/row-source.ts';
import type { LayoutMessage } from './layout-message.ts';
import { type KnownLayout, LayoutWatch } from './layout-watch.ts';
import { leaseLink } from './links.ts';
import type { NatsOptions } from './nats-options.ts';
import { NatsSource } from './nats-source.ts';
import { fleetNames } from './subjects.ts';

export interface NatsOpening {
  readonly nats: NatsOptions;
  /** The name of the dataset in the stream. */
  readonly dataset: string;
  /** Seconds of the past with which the rows begin while none is stored. */
  readonly past: number;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: SourceEvent) => void;
  /** The words of the publisher have changed. */
  readonly onWords?: () => void;
}

/** Rejects with a `SourceAway` while the servers do not answer, or do not know the dataset. */
export async function openNats(options: NatsOpening): Promise<NatsSource> {
  const { nats, dataset, past, signal, onEvent, onWords } = options;
  const lease = leaseLink(nats);
  const { link } = lease;
  let watch: LayoutWatch | undefined;
  const close = async () => {
    await watch?.close();
    await lease.close();
  };
  try {
    await link.attempt(signal);
    let source: NatsSource | undefined;
    const layout = await new Promise<LayoutMessage>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      watch = new LayoutWatch({
        link,
        names: fleetNames(nats.stream),
        dataset,
        onLayout: (_dataset: string, found: KnownLayout) => {
          if ('problem' in found) {
            if (source === undefined) reject(new Error(found.problem));
            else source.refuses(found.problem);
          } else if (source === undefined) resolve(found);
          else source.take(found);
        },
        // The rows that are there stay.
        onGone: () => {},
        onComplete: () =>
          reject(new Error(`no machine has published a dataset ${dataset} in ${nats.stream}`)),
        onProblem: reject,
      });
    });
    const begin = { age: past };
    source = new NatsSource({
      link,
      options: nats,
      dataset,
      layout,
      begin,
      onEvent,
      onWords,
      onClose: close,
    });
    return source;
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw new SourceAway(messageOf(error), { cause: error });
  }
}
