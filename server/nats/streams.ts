// Finds the two streams of a fleet at the servers of NATS, and creates them where the configuration asks for that.

import type { JetStreamManager } from '@nats-io/jetstream';
import { API_ERRORS, apiCode, FleetFault, missingStream } from './fleet-fault.ts';
import type { StreamLimits } from './nats-options.ts';
import type { FleetNames } from './subjects.ts';

const NANOSECONDS = 1e9;

/** The largest message of the stream of rows, in bytes; undefined if the stream has no limit of its own. */
export async function findStreams(
  manager: JetStreamManager,
  names: FleetNames,
  create?: StreamLimits,
): Promise<number | undefined> {
  const { RetentionPolicy, StorageType, DiscardPolicy } = await import('@nats-io/jetstream');
  const find = async (stream: string) => {
    try {
      return await manager.streams.info(stream);
    } catch (error) {
      if (apiCode(error) !== API_ERRORS.streamNotFound) throw error;
      if (create === undefined) throw new FleetFault('no-stream', missingStream(stream), error);
      const isRows = stream === names.rows;
      return await manager.streams.add({
        name: stream,
        description: isRows ? 'rows of dapberry datasets' : 'layouts of dapberry datasets',
        subjects: [isRows ? names.allRows : names.allLayouts],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.Old,
        num_replicas: create.replicas,
        ...(isRows
          ? { max_age: create.keep * NANOSECONDS, max_bytes: create.size }
          : { max_msgs_per_subject: 1 }),
      });
    }
  };
  const { config } = await find(names.rows);
  await find(names.layouts);
  const largest = config.max_msg_size;
  return largest > 0 ? largest : undefined;
}
