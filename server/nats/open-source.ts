// Opens the source of a dataset that takes its rows from a stream of NATS, as soon as its layout is known.

import { onAbort } from '../../dap/decode/on-abort.ts';
import { SourceAway } from '../source/layout-changed.ts';
import type { SourceEvent } from '../source/row-source.ts';
import { faultOf } from './fleet-fault.ts';
import type { LayoutMessage } from './layout-message.ts';
import { type KnownLayout, LayoutWatch } from './layout-watch.ts';
import { leaseLink } from './links.ts';
import type { NatsOptions } from './nats-options.ts';
import { NatsSource, type RememberedLayout } from './nats-source.ts';
import { StoredLayouts } from './stored-layouts.ts';
import { fleetNames } from './subjects.ts';

export interface NatsOpening {
  readonly nats: NatsOptions;
  /** The name of the dataset in the stream. */
  readonly dataset: string;
  /** The name under which it is served; by default the same. */
  readonly name?: string;
  /** Seconds of the past with which the rows begin while none is stored. */
  readonly past: number;
  readonly signal: AbortSignal;
  /** Undefined without stored rows. */
  readonly remembered: () => Promise<RememberedLayout | undefined>;
  /** Whether rows are stored: then those of former layouts are wanted too. */
  readonly isLasting: boolean;
  readonly onEvent?: (event: SourceEvent) => void;
  /** The words of the publisher have changed. */
  readonly onWords?: () => void;
}

/**
 * Opens with the layout of the first row that is not stored yet, or with that of the stored rows while the servers do not answer. Rejects
 * with a `SourceAway` if they do not answer, or do not know the dataset, and no row is stored.
 */
export async function openNats(options: NatsOpening): Promise<NatsSource> {
  const { nats, dataset, name, past, signal, remembered, onEvent, onWords, isLasting } = options;
  const lease = leaseLink(nats);
  const { link } = lease;
  const names = fleetNames(nats.stream);
  const layouts = new StoredLayouts(link, names, dataset);
  let watch: LayoutWatch | undefined;
  let source: NatsSource | undefined;
  let inForce: LayoutMessage | undefined;
  let forget = () => {};
  const onClose = async () => {
    await watch?.close();
    await lease.close();
  };
  const sourceWith = (layout: LayoutMessage | RememberedLayout) =>
    new NatsSource({
      ...{ link, options: nats, dataset, name, layout, layouts, isLasting, begin: { age: past } },
      ...{ onEvent, onWords, onClose },
    });
  const known = await remembered();
  try {
    signal.throwIfAborted();
    const first = new Promise<LayoutMessage>((resolve, reject) => {
      forget = onAbort(signal, reject);
      watch = new LayoutWatch({
        link,
        names,
        dataset,
        onLayout: (_dataset: string, found: KnownLayout) => {
          if ('problem' in found) {
            source?.refuses(found.problem);
            reject(new Error(found.problem));
            return;
          }
          inForce = found;
          source?.take(found);
          resolve(found);
        },
        // The rows that are there stay.
        onGone: () => {},
        onComplete: () =>
          reject(new Error(`no machine has published a dataset ${dataset} in ${nats.stream}`)),
        onProblem: fault => {
          source?.isAway(fault.message);
          reject(fault);
        },
      });
    });
    const found = await first;
    const begin = known === undefined ? { age: past } : { after: known.lastTime };
    const next = isLasting ? await layouts.layoutOfNext(begin, signal) : undefined;
    source = sourceWith(next ?? found);
    if (inForce !== undefined) source.take(inForce);
    return source;
  } catch (error) {
    if (known !== undefined && !signal.aborted) {
      source = sourceWith(known);
      // It comes only once: what failed may be the look at the rows alone.
      if (inForce !== undefined) source.take(inForce);
      source.isAway(faultOf(error, nats.stream).message);
      return source;
    }
    await onClose();
    signal.throwIfAborted();
    throw new SourceAway(faultOf(error, nats.stream).message, { cause: error });
  } finally {
    // A dataset that waits is opened again and again with the same signal.
    forget();
  }
}
