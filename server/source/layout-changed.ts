// Declares the errors by which a source says that it is to be opened again, or cannot be opened yet.

import type { SequenceLayout } from './row-source.ts';

/**
 * The columns of a source have changed, or what they mean: `rows` throws it. The dataset ends its streams with the end marker, and is
 * opened again as after a reload of the configuration: a history keeps the rows from before.
 */
export class LayoutChanged extends Error {
  override readonly name = 'LayoutChanged';
  /** The new layout, if it is known. */
  readonly layout: SequenceLayout | undefined;

  constructor(layout?: SequenceLayout) {
    super('the columns of its source have changed');
    this.layout = layout;
  }
}

/** A source cannot be opened now, such as a server that does not answer. The dataset waits, and opening it is tried again. */
export class SourceAway extends Error {
  override readonly name = 'SourceAway';
  /** The relays through which its rows would come; see `relay-path.ts`. */
  readonly relayPath: readonly string[];

  constructor(
    reason: string,
    options: { readonly cause?: unknown; readonly relayPath?: readonly string[] } = {},
  ) {
    super(reason, 'cause' in options ? { cause: options.cause } : undefined);
    this.relayPath = options.relayPath ?? [];
  }
}
