// Runs the fleet of the bench through its phases, and collects what each one measured.

import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { sleep } from '../processes.mjs';
import { gateway, natsServers, nginx, pis, readers } from './cast.mjs';
import { PiNetwork } from './network.mjs';
import { Phases } from './phases.mjs';

/** Readers that begin in a second, of all processes together. */
const BEGIN_RATE = 200;

/** Readers of a process of its own with little to do: what they wait is not the wait of a busy process of readers. */
const PROBES = 20;

/** Seconds until a gateway has noticed that the server with its consumer is gone, at least. */
const SILENCE = 8;

/** Scrapes of which one is the mean. */
const SCRAPES = 10;

const round = (value, digits = 1) => Number(value.toFixed(digits));

/** The network of the Pis, or why there is none. */
function network() {
  try {
    return { network: new PiNetwork() };
  } catch (error) {
    return { problem: error.message };
  }
}

/** The server that leads the stream of rows, and the bytes of a message on the disk of each server. */
async function streamOf(servers) {
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  try {
    const { cluster, state } = await (await jetstreamManager(connection)).streams.info('fleet');
    const leader = servers.find(({ name }) => name === cluster.leader) ?? servers[0];
    return { leader, bytesEach: round(state.bytes / state.messages) };
  } finally {
    await connection.close();
  }
}

/** The sum of a metric over all datasets of some gateways. */
async function metricOf(gateways, name) {
  const texts = await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}metrics`)).text()));
  const samples = texts.flatMap(text => [
    ...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm')),
  ]);
  return samples.reduce((sum, [, value]) => sum + Number(value), 0);
}

/** What a gateway costs that serves datasets which nobody reads. */
async function atRest(program, seconds) {
  const begin = performance.now();
  await program.start();
  const { datasets } = await (await fetch(`${program.url}catalog.json`)).json();
  const started = (performance.now() - begin) / 1000;
  await sleep(seconds);
  const before = program.usage;
  await sleep(seconds);
  const after = program.usage;
  return {
    datasets: datasets.length,
    startSeconds: round(started, 2),
    megabytes: round(after.resident / 1e6),
    cores: round((after.processor - before.processor) / seconds, 4),
  };
}

/** What it costs a gateway that Prometheus scrapes it: the newest rows, which it follows from then on, and each scrape. */
async function whileScraped(program, seconds) {
  const scrape = async () => (await fetch(`${program.url}metrics`)).text();
  await scrape();
  await sleep(1);
  const before = program.usage.processor;
  await sleep(seconds);
  const followed = program.usage.processor;
  const begin = performance.now();
  let text = '';
  for (let count = 0; count < SCRAPES; count += 1) text = await scrape();
  return {
    followingCores: round((followed - before) / seconds, 4),
    kilobytes: round(text.length / 1000),
    milliseconds: round((performance.now() - begin) / SCRAPES),
    processorMilliseconds: round(((program.usage.processor - followed) * 1000) / SCRAPES),
    withNewestRow: text.match(/^dapberry_newest_row_timestamp_seconds\{/gm)?.length ?? 0,
  };
}

/** The headers and the body of a window of time that is over, from each gateway. */
async function pastWindow(gateways, dataset) {
  const now = Date.now() / 1000;
  const path = `${dataset}.csv?&time>=${now - 60}&time<${now - 2}`;
  const answers = await Promise.all(gateways.map(({ url }) => fetch(`${url}${path}`)));
  const bodies = await Promise.all(answers.map(answer => answer.text()));
  return {
    isSame: bodies.every(body => body === bodies[0]),
    lines: bodies[0].split('\n').length,
    cacheControl: answers.map(({ headers }) => headers.get('cache-control')),
    etags: answers.map(({ headers }) => headers.get('etag')),
  };
}

export async function measureFleet({ datasets, busy, readers: count, processes, seconds, cut }, say) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'));
  const own = network();
  const programs = [];
  const line = (what, value) => say(`| ${what} | ${value} |`);
  const end = async () => {
    for (const program of programs) await program.kill();
    own.network?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void end().then(() => process.exit(1)));
  const begin = async program => {
    programs.push(program);
    await program.start();
    return program;
  };
  try {
    const result = { cores: cpus().length, load: { begin: round(loadavg()[0], 2) } };
    say(
      `| ${datasets} datasets, ${busy} with a row a second, ${count} readers | load ${result.load.begin} |\n|---|---|`,
    );
    const nats = await natsServers(folder, own.network?.address ?? '127.0.0.1');
    await Promise.all(nats.map(begin));
    const servers = nats.map(({ url }) => url);
    const beganAt = performance.now();
    const fleet = await begin(pis(folder, { servers, datasets, busy, replicas: 3 }, own.network));
    line('all Pis have published after', `${round((performance.now() - beganAt) / 1000)} s`);

    const names = ['gateway 0', 'gateway 1'];
    const empty = await gateway({ folder, name: 'no datasets', servers, pattern: 'none-*' });
    programs.push(empty);
    const gateways = await Promise.all(names.map(name => gateway({ folder, name, servers })));
    programs.push(...gateways);
    const rest = Math.min(10, seconds);
    result.rest = { none: await atRest(empty, rest) };
    await empty.kill();
    result.rest.all = await atRest(gateways[0], rest);
    result.rest.kilobytesEach = round(
      ((result.rest.all.megabytes - result.rest.none.megabytes) * 1000) / result.rest.all.datasets,
    );
    result.scraped = await whileScraped(gateways[0], rest);
    await gateways[1].start();
    for (const { datasets: listed, startSeconds, megabytes, cores } of [result.rest.none, result.rest.all])
      line(
        `a gateway at rest, ${listed} datasets`,
        `lists them after ${startSeconds} s, ${megabytes} MB, ${cores} cores`,
      );

    const { followingCores, kilobytes, milliseconds, processorMilliseconds, withNewestRow } = result.scraped;
    line(
      'a scrape of its metrics',
      `${kilobytes} kB in ${milliseconds} ms (${processorMilliseconds} ms of a core), ${withNewestRow} datasets with their newest row`,
    );
    line('a gateway that follows the newest rows', `${followingCores} cores`);

    const proxy = await begin(await nginx(folder, gateways));
    const groups = Array.from({ length: processes }, (_, group) => ({
      name: `readers ${group}`,
      datasets: [],
    }));
    for (let index = 0; index < count; index += 1)
      groups[index % processes].datasets.push(`pi${Math.floor(index / processes) % busy}`);
    const probes = Array.from({ length: Math.min(PROBES, busy) }, (_, index) => `pi${index}`);
    const reading = await Promise.all([
      begin(readers('probes', { url: proxy.url, datasets: probes, perSecond: 20 })),
      ...groups.map(({ name, datasets: read }) =>
        begin(readers(name, { url: proxy.url, datasets: read, perSecond: BEGIN_RATE / processes })),
      ),
    ]);
    const phases = new Phases({ reading, programs: [...gateways, proxy, ...nats, fleet, ...reading], say });
    await phases.settle();

    result.phases = [await phases.measure('steady', () => sleep(seconds))];

    result.window = await pastWindow(gateways, 'pi0');

    const { leader, bytesEach } = await streamOf(nats);
    result.bytesOfMessage = bytesEach;
    line('a row in the stream', `${bytesEach} bytes at each of three servers`);
    result.phases.push(
      await phases.measure('a server of NATS killed', async () => {
        await leader.kill();
        await sleep(SILENCE);
        await phases.settle();
      }),
    );
    await leader.start();
    await phases.settle();

    const fullest = gateways[0].usage.resident > gateways[1].usage.resident ? gateways[0] : gateways[1];
    result.phases.push(
      await phases.measure('a gateway killed', async () => {
        await fullest.kill();
        await sleep(2);
        await phases.settle();
      }),
    );
    await fullest.start();
    await phases.settle();

    if (own.network === undefined) {
      result.cutLeftOut = own.problem;
      line('the network of the Pis cut', `left out: ${own.problem}`);
    } else
      result.phases.push(
        await phases.measure(`the network of the Pis cut for ${cut} s`, async () => {
          own.network.cut();
          await sleep(cut);
          own.network.mend();
          await phases.settle();
        }),
      );

    result.end = await phases.end(fleet);
    result.end.gapsAtGateways = await metricOf(gateways, 'dapberry_source_gaps_total');
    result.end.overrunAtGateways = await metricOf(gateways, 'dapberry_rows_overrun_total');
    result.load.end = round(loadavg()[0], 2);
    for (const [what, value] of Object.entries(result.end)) line(what, value);
    line('load at the end', result.load.end);
    return result;
  } finally {
    await end();
  }
}
