// The metrics of datasets: their rows, stores, clocks and sensors, and the newest value of each channel.

import { listedLimits } from '../../dap/model/limits.ts';
import { attributeTable, attributeText } from '../../dap/protocol.ts';
import { type Dataset, type DatasetStatus, sensorsIn } from '../dataset/dataset.ts';
import { missingValues } from '../dataset/describe.ts';
import type { WaitingDataset } from '../dataset/waiting.ts';
import { type SensorsStatus, statedInterval } from '../source/row-source.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';
import { historyMetrics } from './history-metrics.ts';
import { sourceMetrics } from './source-metrics.ts';

interface DatasetSnapshot {
  readonly dataset: Dataset;
  readonly status: DatasetStatus;
}

export function datasetMetrics(
  datasets: readonly Dataset[],
  waiting: readonly WaitingDataset[] = [],
): MetricFamily[] {
  const observed = datasets.map(dataset => ({ dataset, status: dataset.status() }));
  /** A sample for each dataset that has the number. */
  const each = (number: (one: DatasetSnapshot) => number | undefined): MetricSample[] =>
    observed.flatMap(one => {
      const value = number(one);
      return value === undefined ? [] : [{ labels: { dataset: one.dataset.info.name }, value }];
    });
  return [
    {
      name: 'dapberry_dataset_ok',
      type: 'gauge',
      help: '1 while rows can come, 0 after they ended with an error, and while the dataset waits to be opened.',
      samples: [
        ...each(({ status }) => (status.failure === undefined ? 1 : 0)),
        ...waiting.map(({ info }) => ({ labels: { dataset: info.name }, value: 0 })),
      ],
    },
    {
      name: 'dapberry_dataset_interval_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Seconds between rows, of other machines as those state them; 0 is as fast as each client reads.',
      samples: each(({ dataset: { delivery } }) => statedInterval(delivery)),
    },
    {
      name: 'dapberry_rows_made',
      type: 'counter',
      help: 'Rows made; at interval 0 for all clients together.',
      samples: each(({ status }) => status.rows),
    },
    {
      name: 'dapberry_rows_overrun',
      type: 'counter',
      help: 'Rows that clients missed because they were too slow.',
      samples: each(({ status }) => status.overrun),
    },
    {
      name: 'dapberry_newest_row_timestamp_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Time of the newest row, in seconds since 1970.',
      samples: each(newestTime),
    },
    {
      name: 'dapberry_slots_missed',
      type: 'counter',
      help: 'Slots of the sampling schedule that gave no row.',
      samples: each(one => sensorsStatus(one)?.schedule?.missedSlots),
    },
    {
      name: 'dapberry_rows_dropped',
      type: 'counter',
      help: 'Rows dropped because messages came faster than rows could be stored.',
      samples: each(one => sensorsStatus(one)?.dropped),
    },
    ...logMetrics(each),
    {
      name: 'dapberry_history_missed_rows',
      type: 'counter',
      help: 'Rows that clients missed because they were gone from the history.',
      samples: each(({ status }) => status.gone),
    },
    ...historyMetrics(number => each(({ status }) => status.store?.history && number(status.store.history))),
    {
      name: 'dapberry_clock_steps',
      type: 'counter',
      help: 'Steps of the system clock, by a tenth of a second or more, that were detected.',
      samples: each(one => sensorsStatus(one)?.clock.steps),
    },
    {
      name: 'dapberry_clock_ahead_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Time by which the rows are ahead of a system clock that was set back.',
      samples: each(one => sensorsStatus(one)?.clock.ahead),
    },
    ...sourceMetrics(number => each(({ status }) => number(status))),
    ...sensorMetrics(observed),
    {
      name: 'dapberry_channel_value',
      type: 'gauge',
      help: 'Value of the channel in the newest row, in its own units; NaN if it has none.',
      samples: observed.flatMap(({ dataset, status }) => channelValues(dataset, status)),
    },
    {
      name: 'dapberry_channel_limit',
      type: 'gauge',
      help: 'Limit of the channel, in its own units: values beyond it are a warning or an alarm.',
      samples: observed.flatMap(({ dataset, status }) => channelLimits(dataset, status)),
    },
  ];
}

function sensorsStatus({ status: { source } }: DatasetSnapshot): SensorsStatus | undefined {
  return source.kind === 'sensors' ? source : undefined;
}

/** The time of the newest row, which a dataset of a fleet tells without loading rows: a silent one is to be noticed. */
function newestTime({ dataset, status }: DatasetSnapshot): number | undefined {
  return dataset.isResting === true ? dataset.newestRow()?.[0] : status.lastTime;
}

function logMetrics(
  each: (number: (one: DatasetSnapshot) => number | undefined) => MetricSample[],
): MetricFamily[] {
  return [
    {
      name: 'dapberry_log_rows',
      type: 'gauge',
      help: 'Rows in memory.',
      samples: each(({ status }) => status.store?.rows),
    },
    {
      name: 'dapberry_log_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory for rows, with room for rows to come.',
      samples: each(({ status }) => status.store?.bytes),
    },
    {
      name: 'dapberry_log_oldest_row_timestamp_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Time of the oldest row in memory, in seconds since 1970.',
      samples: each(({ status }) => status.store?.firstTime),
    },
    {
      name: 'dapberry_log_limit_rows',
      type: 'gauge',
      help: 'Limit of rows in memory, by the limits of rows and of bytes.',
      samples: each(({ status }) => status.store?.bounds.rows),
    },
    {
      name: 'dapberry_log_limit_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Limit of memory for rows.',
      samples: each(({ status }) => status.store?.bounds.bytes),
    },
    {
      name: 'dapberry_log_limit_age_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Limit of the age of rows in memory, before the newest row.',
      samples: each(({ status }) => status.store?.bounds.age),
    },
  ];
}

function sensorMetrics(observed: readonly DatasetSnapshot[]): MetricFamily[] {
  const sensors = observed.flatMap(({ dataset, status }) =>
    sensorsIn(status).map(sensor => ({
      sensor,
      labels: { dataset: dataset.info.name, sensor: sensor.name },
    })),
  );
  return [
    {
      name: 'dapberry_sensor_ok',
      type: 'gauge',
      help: '1 while the sensor answers, 0 while it fails; absent until it is read for the first time.',
      samples: sensors
        .filter(({ sensor }) => sensor.state !== 'waiting')
        .map(({ labels, sensor }) => ({ labels, value: sensor.state === 'ok' ? 1 : 0 })),
    },
    {
      name: 'dapberry_sensor_failing_since_timestamp_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Time since which the sensor fails, in seconds since 1970; absent while it answers.',
      samples: sensors
        .filter(({ sensor }) => sensor.state === 'failing')
        .map(({ labels, sensor }) => ({ labels, value: sensor.since })),
    },
    {
      name: 'dapberry_sensor_failed_reads',
      type: 'counter',
      help: 'Reads of the sensor that failed.',
      samples: sensors.map(({ labels, sensor }) => ({ labels, value: sensor.failures })),
    },
  ];
}

/** A channel of a sensor: its place among the columns of a row, and its labels. */
interface LabelledChannel {
  readonly index: number;
  readonly labels: Readonly<Record<'dataset' | 'sensor' | 'channel' | 'units', string>>;
}

function labelledChannels({ attributes, info, layout }: Dataset, status: DatasetStatus): LabelledChannel[] {
  const ownerOf = new Map(
    sensorsIn(status).flatMap(({ name, channels }) => channels.map(channel => [channel, name])),
  );
  return layout.columns.flatMap(({ name: channel }, index) => {
    const sensor = ownerOf.get(channel);
    if (sensor === undefined) return [];
    const units = attributeText(attributeTable(attributes, layout.name, channel), 'units') ?? '';
    return [{ index, labels: { dataset: info.name, sensor, channel, units } }];
  });
}

function channelValues(dataset: Dataset, status: DatasetStatus): MetricSample[] {
  const channels = labelledChannels(dataset, status);
  const row = channels.length === 0 ? undefined : dataset.newestRow();
  if (row === undefined) return [];
  const missing = missingValues(dataset.model, dataset.attributes);
  return channels.map(({ index, labels }) => {
    const value = row[index]!;
    return {
      labels,
      value: missing.get(labels.channel)?.isMissing(value) === true ? Number.NaN : value,
    };
  });
}

function channelLimits(dataset: Dataset, status: DatasetStatus): MetricSample[] {
  const { limits } = dataset.info;
  if (limits === undefined) return [];
  return labelledChannels(dataset, status).flatMap(({ labels }) =>
    listedLimits(limits.get(labels.channel) ?? {}).map(({ level, side, value }) => ({
      labels: { ...labels, level, side },
      value,
    })),
  );
}
