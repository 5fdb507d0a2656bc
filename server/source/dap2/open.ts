// Opens a relay: with the layout that the other server has now, or with that of the stored rows while it does not answer.

import type { AttributeTable } from '../../../dap/protocol.ts';
import { messageOf } from '../../../device/index.ts';
import { SourceAway } from '../layout-changed.ts';
import type { SequenceLayout } from '../row-source.ts';
import { Dap2Source, type Dap2SourceOptions, type KnownLayout } from './dap2-source.ts';
import { wordsOf } from './relayed-layout.ts';
import { Upstream, type UpstreamOptions } from './upstream.ts';

/** What the stored rows say about the dataset. */
export interface RememberedLayout {
  readonly layout: SequenceLayout;
  /** The attributes of the dataset when the newest of them were stored. */
  readonly attributes: AttributeTable;
}

export interface Dap2Opening extends UpstreamOptions, Omit<Dap2SourceOptions, 'upstream'> {
  readonly signal: AbortSignal;
  /** Undefined without stored rows. */
  readonly remembered: () => Promise<RememberedLayout | undefined>;
  /** Milliseconds that the server has to answer if there are stored rows. */
  readonly patience?: number;
}

const PATIENCE = 2000;

/** Rejects with a `SourceAway` if the server does not answer, or cannot be taken over, and no row is stored. */
export async function openDap2(options: Dap2Opening): Promise<Dap2Source> {
  const { signal, remembered, patience = PATIENCE } = options;
  const upstream = new Upstream(options);
  const known = await remembered();
  const late = AbortSignal.timeout(patience);
  const limit = known === undefined ? signal : AbortSignal.any([signal, late]);
  try {
    return new Dap2Source(await upstream.describe(limit), { ...options, upstream });
  } catch (error) {
    signal.throwIfAborted();
    if (known !== undefined) return new Dap2Source(knownLayout(known), { ...options, upstream });
    throw error instanceof SourceAway ? error : new SourceAway(messageOf(error), { cause: error });
  }
}

function knownLayout({ layout, attributes }: RememberedLayout): KnownLayout {
  return { layout, words: wordsOf(attributes) };
}
