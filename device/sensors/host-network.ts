// The kind `host-network`: bytes received and sent by the network interfaces (proc(5), /proc/net/dev).

import { z } from 'zod';
import { readAtOpening, textAt } from '../host/kernel-files.ts';
import { foundByFile, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { CounterWindow } from './counter-window.ts';
import { simulatedKernelOf } from './simulated-kernel.ts';

const NET_DEV = '/proc/net/dev';
const LOOPBACK = 'lo';

/** Columns of an interface's line: bytes received first, bytes sent ninth, sixteen in all. */
const RECEIVED = 0;
const SENT = 8;
const COLUMNS = 16;

export interface InterfaceBytes {
  readonly name: string;
  readonly received: number;
  readonly sent: number;
}

const CHANNELS: readonly Channel[] = [
  { name: 'bytes_received', units: 'byte', longName: 'Bytes received', resolution: 1 },
  { name: 'bytes_sent', units: 'byte', longName: 'Bytes sent', resolution: 1 },
  { name: 'receive_rate', units: 'byte s-1', longName: 'Bytes received per second' },
  { name: 'send_rate', units: 'byte s-1', longName: 'Bytes sent per second' },
];

/**
 * Channels `bytes_received`, `bytes_sent` (since the interfaces came up) and `receive_rate`, `send_rate` (since the
 * previous reading, a tenth of a second at least), summed over all interfaces except `lo`, or over `lo` if it is the only one.
 * The rates are NaN if an interface has appeared or disappeared, or a counter has decreased, since the previous reading. A first
 * sample is taken at opening; the first reading waits until a tenth of a second has passed since then.
 */
export const hostNetwork = sensorKind({
  name: 'host-network',
  title: 'Network traffic of the machine',
  description:
    'Bytes received and sent over all network interfaces except the loopback interface: totals and rates (/proc/net/dev).',
  needs: ['kernel-files'],
  options: z.strictObject({}),
  channels: () => CHANNELS,
  conversionTime: () => 0,
  simulate: (_options, host) => simulatedKernelOf({}, host),
  find: host => foundByFile(host, NET_DEV),
  open: async (_options, { files, clock }) => {
    const window = new CounterWindow<readonly InterfaceBytes[]>();
    const first = parseInterfaceBytes(await readAtOpening(files, NET_DEV));
    window.add({ time: clock.monotonic(), counters: first });
    let reads = 0;
    return {
      name: 'host-network',
      channels: CHANNELS,
      read: async ({ signal }) => {
        if (reads++ === 0) await clock.sleepUntil(window.readyAt, signal);
        const counters = parseInterfaceBytes(await textAt(files, NET_DEV, signal));
        const time = clock.monotonic();
        if (window.newest !== undefined && !runsOn(window.newest.counters, counters)) window.clear();
        const before = window.before(time);
        window.add({ time, counters });
        const now = total(counters);
        if (before === undefined) return [now.received, now.sent, Number.NaN, Number.NaN];
        const then = total(before.counters);
        const seconds = time - before.time;
        return [
          now.received,
          now.sent,
          (now.received - then.received) / seconds,
          (now.sent - then.sent) / seconds,
        ];
      },
      close: async () => {},
    };
  },
});

/** The counters in the text of /proc/net/dev: of all interfaces except `lo`, or of `lo` if there is no other. */
export function parseInterfaceBytes(text: string): InterfaceBytes[] {
  const [titles = '', columnTitles = '', ...lines] = text.split('\n');
  if (!titles.includes('|') || !columnTitles.includes('|')) {
    throw new Error(
      `${NET_DEV}: expected two lines of titles, and found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  const all = lines.filter(line => line.trim() !== '').map(parseInterface);
  const outward = all.filter(({ name }) => name !== LOOPBACK);
  const counted = outward.length > 0 ? outward : all;
  if (counted.length === 0) throw new Error(`${NET_DEV}: expected an interface, and found none`);
  return counted;
}

function parseInterface(line: string): InterfaceBytes {
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim();
  const numbers = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/);
  if (name === '' || numbers.length < COLUMNS || !numbers.every(number => /^\d+$/.test(number))) {
    throw new Error(
      `${NET_DEV}: expected a name and ${COLUMNS} numbers, and found ${JSON.stringify(line.slice(0, 60))}`,
    );
  }
  return { name, received: Number(numbers[RECEIVED]), sent: Number(numbers[SENT]) };
}

/** Whether `after` continues `before`: the same interfaces, none of whose counters has decreased. */
function runsOn(before: readonly InterfaceBytes[], after: readonly InterfaceBytes[]): boolean {
  const earlier = new Map(before.map(bytes => [bytes.name, bytes]));
  return (
    before.length === after.length &&
    after.every(({ name, received, sent }) => {
      const was = earlier.get(name);
      return was !== undefined && received >= was.received && sent >= was.sent;
    })
  );
}

function total(counters: readonly InterfaceBytes[]): { received: number; sent: number } {
  return {
    received: counters.reduce((sum, { received }) => sum + received, 0),
    sent: counters.reduce((sum, { sent }) => sum + sent, 0),
  };
}
