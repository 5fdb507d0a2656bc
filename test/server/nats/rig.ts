// Gives tests real servers of NATS and sinks, which are closed after each test.

import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach } from 'vitest';
import type { FleetFault } from '../../../server/nats/fleet-fault.ts';
import { sinkOf } from './fleet.ts';
import { NatsServer, type NatsServerOptions } from './nats-server.ts';

export const signal = new AbortController().signal;
export const taken = () => {};

const opened: { close(): Promise<unknown> }[] = [];

/** Closes something after the test, the last one first. */
export function closing<T extends { close(): Promise<unknown> }>(one: T): T {
  opened.push(one);
  return one;
}

export async function broker(options?: NatsServerOptions): Promise<NatsServer> {
  const server = await NatsServer.start(options);
  closing({ close: () => server.remove() });
  return server;
}

/** A connection of a sink; the parameters are those of `sinkOf`. */
export async function session(...parameters: Parameters<typeof sinkOf>) {
  const sink = await sinkOf(...parameters);
  return closing(await sink.connect(signal));
}

export async function connectionTo(server: NatsServer, options: object = {}) {
  return closing(await connect({ servers: server.url, ...options }));
}

export async function managerOf(server: NatsServer, options: object = {}) {
  return jetstreamManager(await connectionTo(server, options));
}

export async function faultOf(run: Promise<unknown>): Promise<FleetFault> {
  try {
    await run;
  } catch (error) {
    return error as FleetFault;
  }
  throw new Error('expected a fault, found success');
}

/** To be called once by a test file. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
}
