// Makes the metrics of the process: its start, CPU time, memory, files and event loop, read when a client asks.

import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { VERSION } from '../version.ts';
import type { MetricFamily } from './exposition.ts';

/** The names are the usual ones of Prometheus clients. Without a Linux kernel the metrics of file descriptors have no sample. */
export async function processMetrics(): Promise<MetricFamily[]> {
  const [lag, openFiles, mostFiles] = await Promise.all([turnOfLoop(), countOpenFiles(), limitOfOpenFiles()]);
  const { user, system } = process.cpuUsage();
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return [
    {
      name: 'dapberry_build',
      type: 'info',
      help: 'Versions of the program and of Node.',
      samples: [{ labels: { version: VERSION, node: process.versions.node }, value: 1 }],
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Start of the process in seconds since 1970, by the system clock at that time.',
      samples: [{ value: performance.timeOrigin / 1000 }],
    },
    {
      name: 'process_cpu_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'CPU time of the process, in the program and in the kernel.',
      samples: [{ value: (user + system) / 1e6 }],
    },
    bytes('process_resident_memory_bytes', 'Memory of the machine that the process takes.', rss),
    {
      name: 'process_open_fds',
      type: 'gauge',
      help: 'Open file descriptors; a connection has one.',
      samples: samplesOf(openFiles),
    },
    {
      name: 'process_max_fds',
      type: 'gauge',
      help: 'File descriptors that may be open.',
      samples: samplesOf(mostFiles),
    },
    {
      name: 'nodejs_eventloop_lag_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Duration of the latest turn of the event loop.',
      samples: [{ value: lag }],
    },
    {
      name: 'nodejs_eventloop_active_seconds',
      type: 'counter',
      unit: 'seconds',
      help: 'Time in which the event loop did not wait.',
      samples: [{ value: performance.eventLoopUtilization().active / 1000 }],
    },
    {
      name: 'nodejs_active_resources',
      type: 'gauge',
      help: 'Resources that keep the process alive: sockets, timers and pending requests.',
      samples: activeResources(),
    },
    bytes('nodejs_heap_size_total_bytes', 'Memory of the heap of JavaScript.', heapTotal),
    bytes('nodejs_heap_size_used_bytes', 'Memory of that heap that is in use.', heapUsed),
    bytes('nodejs_external_memory_bytes', 'Memory of buffers and other objects outside that heap.', external),
  ];
}

function bytes(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'gauge', unit: 'bytes', help, samples: [{ value }] };
}

function samplesOf(value: number | undefined): { value: number }[] {
  return value === undefined ? [] : [{ value }];
}

/** Seconds from one turn of the event loop to the next, with the work between them. */
async function turnOfLoop(): Promise<number> {
  await nextTurn();
  const begun = performance.now();
  await nextTurn();
  return (performance.now() - begun) / 1000;
}

async function countOpenFiles(): Promise<number | undefined> {
  try {
    // One of them belongs to the folder while it is read.
    return (await readdir('/proc/self/fd')).length - 1;
  } catch {
    return undefined;
  }
}

async function limitOfOpenFiles(): Promise<number | undefined> {
  try {
    const limits = await readFile('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
    if (soft === undefined) return undefined;
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return undefined;
  }
}

function activeResources(): { labels: { type: string }; value: number }[] {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, value]) => ({ labels: { type }, value }));
}
