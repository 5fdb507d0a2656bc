// Claims the name of a dataset in a fleet: publishes its layout, unless another machine publishes a dataset of this name.

import type { JetStreamClient, JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { API_ERRORS, apiCode, FleetFault } from './fleet-fault.ts';
import { type DatasetDescription, decodeLayout, encodeLayout, type Publisher } from './layout-message.ts';
import { MessageError } from './row-message.ts';
import type { FleetNames } from './subjects.ts';

/** Milliseconds without a message of the former owner after which its name is free: a Pi may be replaced. */
export const SILENCE = 600_000;

/** The clock of the broker, told from this machine's time since its start, which no clock step changes. */
export interface BrokerClock {
  /** Seconds since 1970, now. */
  now(): number;
}

export interface NameClaimOptions {
  readonly dataset: string;
  readonly names: FleetNames;
  readonly publisher: Publisher;
  /** In place of `SILENCE`. */
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
    description: DatasetDescription,
    lastRows: number,
  ): Promise<BrokerClock> {
    const { dataset, names, publisher } = this.#options;
    const subject = names.layoutOf(dataset);
    const found = await lastMessage(manager, names.layouts, subject);
    if (found !== undefined) this.#checkOwner(found, lastRows);
    const expect = { lastSubjectSequence: found?.seq ?? 0 };
    let sequence: number;
    try {
      ({ seq: sequence } = await stream.publish(subject, encodeLayout(description, publisher), { expect }));
    } catch (error) {
      if (apiCode(error) !== API_ERRORS.wrongLastSequence) throw error;
      throw new FleetFault('taken', `another machine begins to publish ${dataset} at the same time`, error);
    }
    this.#wasOurs = true;
    this.#others = undefined;
    const stored = await manager.streams.getMessage(names.layouts, { seq: sequence });
    const broker = (stored?.time.getTime() ?? Date.now()) / 1000;
    const at = performance.now();
    return { now: () => broker + (performance.now() - at) / 1000 };
  }

  #checkOwner(found: StoredMsg, lastRows: number): void {
    const { dataset, publisher, silence = SILENCE } = this.#options;
    const other = publisherIn(found);
    if (other.owner === publisher.owner && (other.session === publisher.session || !this.#wasOurs)) return;
    // The clocks of two machines may differ by years: silence is measured here.
    const now = performance.now();
    const { layout, rows, seenAt } = this.#others ?? { layout: -1, rows: -1, seenAt: now };
    const isSame = layout === found.seq && rows === lastRows;
    this.#others = { layout: found.seq, rows: lastRows, seenAt: isSame ? seenAt : now };
    if (isSame && now - seenAt >= silence) return;
    const isClone = other.owner === publisher.owner;
    const who = isClone
      ? `another process with the identity of this machine (${other.host}), such as a copy of its card,`
      : `the machine ${other.host}`;
    const advice = isClone
      ? 'end one of them, or give each machine its own /etc/machine-id and its datasets other names'
      : 'rename the dataset on one of them';
    throw new FleetFault(
      'taken',
      `${who} publishes a dataset named ${dataset} already: ${advice}; the name is free after ${Math.round(silence / 60_000)} minutes without its messages`,
    );
  }
}

function publisherIn(found: StoredMsg): Publisher {
  try {
    return decodeLayout(found.data).publisher;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    // A later version's owner cannot be read, so that it is taken for another one.
    if (error.reason === 'version') throw new FleetFault('version', error.message, error);
    return { owner: '', session: '', host: 'of an unknown program' };
  }
}

/** The last message of a subject; undefined if there is none. */
export async function lastMessage(
  manager: JetStreamManager,
  stream: string,
  subject: string,
): Promise<StoredMsg | undefined> {
  try {
    return (await manager.streams.getMessage(stream, { last_by_subj: subject })) ?? undefined;
  } catch (error) {
    if (apiCode(error) === API_ERRORS.messageNotFound) return undefined;
    throw error;
  }
}
