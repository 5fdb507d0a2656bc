// Claims the name of a dataset in a fleet: publishes its layout, unless another machine publishes a dataset of this name.

import type { JetStreamClient, JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import type { SequenceLayout } from '../source/row-source.ts';
import { spoken } from '../text/terminal-text.ts';
import { API_ERRORS, apiCode, FleetFault, faultOf } from './fleet-fault.ts';
import {
  type DatasetDescription,
  decodeLayout,
  encodeLayout,
  layoutIdOf,
  type Publisher,
  sequenceOf,
} from './layout-message.ts';
import { hasSameQuantities, quantitiesText } from './quantities.ts';
import { MessageError } from './row-message.ts';
import { lastMessage } from './stored-messages.ts';
import type { FleetNames } from './subjects.ts';

/**
 * Seconds without a message of the former owner after which its name is free: a Pi may be replaced. A silence of a few intervals
 * between rows is none; rows that come irregularly may be hours apart.
 */
const SILENCE = { least: 600, intervals: 3, irregular: 86_400 };

/** The clock of the broker, told from this machine's time since its start, which no clock step changes. */
export interface BrokerClock {
  /** Seconds since 1970, now. */
  now(): number;
}

/** What a claim has brought. */
export interface ClaimedName {
  readonly clock: BrokerClock;
  /** The id of the layout of the rows. */
  readonly layout: string;
}

export interface NameClaimOptions {
  readonly dataset: string;
  readonly names: FleetNames;
  readonly publisher: Publisher;
  /** Seconds, in place of those by `SILENCE`. */
  readonly silence?: number | undefined;
}

/** The last messages of another publisher of the name. */
interface Activity {
  readonly layout: number;
  readonly rows: number;
  /** When they were seen for the first time, by `performance.now()`. */
  readonly seenAt: number;
}

export class NameClaim {
  readonly #options: NameClaimOptions;
  /** True from the first claim of this process that succeeded. */
  #wasOurs = false;
  #others: Activity | undefined;

  constructor(options: NameClaimOptions) {
    this.#options = options;
  }

  /**
   * Publishes the layout.
   * @param lastRows the sequence number of the last message with rows
   * @throws {FleetFault} `taken` while another publisher owns the name
   */
  async claim(
    manager: JetStreamManager,
    stream: JetStreamClient,
    described: DatasetDescription,
    lastRows: number,
  ): Promise<ClaimedName> {
    const { dataset, names, publisher } = this.#options;
    const subject = names.layoutOf(dataset);
    const found = await lastMessage({ manager, stream: names.layouts, subject });
    if (found !== undefined) this.#checkOwner(found, lastRows);
    const expect = { lastSubjectSequence: found?.seq ?? 0 };
    const description = await this.#distinct(manager, described);
    const layout = layoutIdOf(description);
    const message = encodeLayout(description, publisher);
    let sequence: number;
    try {
      ({ seq: sequence } = await stream.publish(subject, message, { expect }));
    } catch (error) {
      if (apiCode(error) !== API_ERRORS.wrongLastSequence) throw error;
      throw new FleetFault('taken', `another machine begins to publish ${dataset} at the same time`, error);
    }
    this.#wasOurs = true;
    this.#others = undefined;
    // Rows of this layout are read by it also after another one is in force.
    await stream.publish(names.layoutWith(dataset, layout), message).catch((error: unknown) => {
      throw faultOf(error, names.layouts).kind === 'no-stream' ? this.#narrowStream(error) : error;
    });
    const stored = await manager.streams.getMessage(names.layouts, { seq: sequence });
    const broker = (stored?.time.getTime() ?? Date.now()) / 1000;
    const at = performance.now();
    return { clock: { now: () => broker + (performance.now() - at) / 1000 }, layout };
  }

  /** The description under an id of its own, if the stream has rows of the same columns that mean something else, as before a change of units. */
  async #distinct(manager: JetStreamManager, description: DatasetDescription): Promise<DatasetDescription> {
    const { dataset, names, publisher } = this.#options;
    const subject = names.layoutWith(dataset, layoutIdOf(description));
    const known = await lastMessage({ manager, stream: names.layouts, subject });
    const [before, now] = [known?.data, new TextEncoder().encode(encodeLayout(description, publisher))].map(
      message => message && columnsIn(message),
    );
    if (before === undefined || now === undefined || hasSameQuantities(before, now)) return description;
    return { ...description, note: quantitiesText(now) };
  }

  #narrowStream(cause: unknown): FleetFault {
    const { layouts, allLayouts } = this.#options.names;
    const advice = `nats stream edit ${layouts} --subjects '${allLayouts}'`;
    return new FleetFault(
      'no-stream',
      `the stream ${layouts} does not take the subjects ${allLayouts}: ${advice}`,
      cause,
    );
  }

  #checkOwner(found: StoredMsg, lastRows: number): void {
    const { dataset, publisher } = this.#options;
    const { publisher: other, silence: own } = ownerIn(found);
    const { silence = own } = this.#options;
    if (other.owner === publisher.owner && (other.session === publisher.session || !this.#wasOurs)) return;
    // The clocks of two machines may differ by years: silence is measured here.
    const now = performance.now();
    const { layout, rows, seenAt } = this.#others ?? { layout: -1, rows: -1, seenAt: now };
    const isSame = layout === found.seq && rows === lastRows;
    this.#others = { layout: found.seq, rows: lastRows, seenAt: isSame ? seenAt : now };
    if (isSame && now - seenAt >= silence * 1000) return;
    const isClone = other.owner === publisher.owner;
    const who = isClone
      ? `another process with the identity of this machine (${other.host}), such as a copy of its card,`
      : `the machine ${other.host}`;
    const advice = isClone
      ? 'end one of them, or give each machine its own /etc/machine-id and its datasets other names'
      : 'rename the dataset on one of them';
    throw new FleetFault(
      'taken',
      `${who} publishes a dataset named ${dataset} already: ${advice}; the name is free after ${spoken(silence)} without its messages`,
    );
  }
}

/** The columns as readers of a message find them; undefined if it can not be read. */
function columnsIn(message: Uint8Array): SequenceLayout | undefined {
  try {
    return sequenceOf(decodeLayout(message));
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

/** The owner of a name, and the silence after which it is free. */
function ownerIn(found: StoredMsg): { readonly publisher: Publisher; readonly silence: number } {
  const { least, intervals, irregular } = SILENCE;
  try {
    const { publisher, interval } = decodeLayout(found.data);
    return { publisher, silence: Math.max(least, interval === undefined ? irregular : intervals * interval) };
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    // A later version's owner cannot be read, so that it is taken for another one.
    if (error.reason === 'version') throw new FleetFault('version', error.message, error);
    return { publisher: { owner: '', session: '', host: 'of an unknown program' }, silence: irregular };
  }
}
