// Tests docs/fleet-monitoring.md: Prometheus's configuration, rules and Grafana's queries fit what a gateway and a Pi really serve.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWith } from '../../tools.ts';
import { PATIENCE, type Server } from '../history/server-process.ts';
import { type ParsedFamily, parseExposition } from '../metrics/parse-exposition.ts';
import { broker, closeAfterEach } from './rig.ts';
import { served } from './served.ts';

const DOCS = resolve(import.meta.dirname, '../../../docs');

closeAfterEach();

const start = async (config: string): Promise<Server> => (await served(config, { hasState: true })).server;

/** A Pi with two datasets that publishes them, and a gateway. */
async function fleet(): Promise<{ readonly pi: Server; readonly gateway: Server }> {
  const { url } = await broker();
  const pi = await start(`
publish: {nats: {servers: '${url}', create: {}}}
datasets:
  roof: {interval: 0.1, sensors: [{kind: tmp36-simulated}]}
  cellar: {interval: 0.1, sensors: [{kind: tmp36-simulated}]}
`);
  const published = async () => {
    const sent = samplesIn(await scrape(pi), 'dapberry_publish_sent_rows_total');
    return sent.filter(({ value }) => value > 0).length;
  };
  await expect.poll(published, PATIENCE).toBe(2);
  const gateway = await start(`fleet: {nats: {servers: '${url}'}}`);
  return { pi, gateway };
}

async function scrape(server: Server): Promise<readonly ParsedFamily[]> {
  return parseExposition((await server.get('metrics')).toString(), 'prometheus');
}

const samplesIn = (families: readonly ParsedFamily[], name: string) =>
  families.flatMap(({ samples }) => samples).filter(sample => sample.name === name);

/** Datasets with the times of their newest rows. */
async function newestRows(server: Server): Promise<ReadonlyMap<string, number>> {
  const samples = samplesIn(await scrape(server), 'dapberry_newest_row_timestamp_seconds');
  return new Map(samples.map(({ labels: { dataset = '' }, value }) => [dataset, value]));
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string };
}

interface ScrapeJob {
  readonly job_name: string;
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
}

/** The files of the page, which the first line of each block names. */
interface DocumentedFiles {
  readonly config: { readonly rule_files: readonly string[]; readonly scrape_configs: readonly ScrapeJob[] };
  readonly alerts: readonly Alert[];
  readonly pis: {
    readonly path: string;
    readonly groups: readonly { readonly targets: readonly string[] }[];
  };
}

async function documented(): Promise<DocumentedFiles> {
  const text = await readFile(join(DOCS, 'fleet-monitoring.md'), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n# (\S+)\n(.*?)```/gs)];
  const parsed = (end: string) => {
    const [, path, block] = blocks.find(([, name]) => name!.endsWith(end))!;
    return { path: path!, content: parse(block!) };
  };
  const { groups } = parsed('rules.yml').content as { groups: readonly { rules: readonly Alert[] }[] };
  const { path, content } = parsed('school.yml');
  return {
    config: parsed('prometheus.yml').content,
    alerts: groups.flatMap(({ rules }) => rules),
    pis: { path, groups: content },
  };
}

interface Panel {
  readonly targets: readonly { readonly expr: string }[];
}

/** The queries of Grafana's dashboard. */
async function queries(): Promise<readonly string[]> {
  const text = await readFile(join(DOCS, 'fleet-dashboard.json'), 'utf8');
  const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** Labels that Prometheus adds to each sample. */
const ADDED = ['job', 'instance'];

/** Metrics that Prometheus makes itself. */
const OWN = ['up'];

/** The metrics of a query, and the labels that it uses with any of them. */
function namesIn(query: string) {
  const bare = query.replaceAll(/"[^"]*"/g, '""');
  const metrics = [...bare.matchAll(/\b(?:dapberry_|process_|nodejs_)\w+|\bup\b/g)].map(([name]) => name);
  const matched = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/(\w+) *[=!]/g)].map(([, name]) => name!),
  );
  const grouped = [...bare.matchAll(/\b(?:by|on|ignoring|without) *\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map(name => name.trim()),
  );
  return { metrics, labels: [...matched, ...grouped] };
}

describeWith('nats-server', 'the page about monitoring a fleet', () => {
  it('has rules and a dashboard that ask only for what gateways and Pis serve', async () => {
    const { pi, gateway } = await fleet();
    await expect.poll(async () => (await newestRows(gateway)).size, PATIENCE).toBe(2);
    const families = [...(await scrape(pi)), ...(await scrape(gateway))];
    const served = new Set(families.flatMap(({ name }) => name));
    const labels = new Set(
      families.flatMap(({ samples }) => samples.flatMap(one => Object.keys(one.labels))),
    );
    const { alerts } = await documented();
    expect(alerts.length).toBeGreaterThan(5);
    for (const { alert, expr, annotations } of alerts) {
      expect(alert).toMatch(/^Dapberry\w+$/);
      expect(namesIn(expr).metrics, alert).not.toEqual([]);
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name!);
      expect(
        named.filter(name => !labels.has(name) && !ADDED.includes(name)),
        alert,
      ).toEqual([]);
    }
    const asked = [...alerts.map(({ expr }) => expr), ...(await queries())];
    for (const query of asked) {
      const names = namesIn(query);
      expect(
        names.metrics.filter(name => !served.has(name) && !OWN.includes(name)),
        query,
      ).toEqual([]);
      expect(
        names.labels.filter(name => !labels.has(name) && !ADDED.includes(name)),
        query,
      ).toEqual([]);
    }
    const table = await readFile(join(DOCS, 'fleet-monitoring.md'), 'utf8');
    const mentioned = [...table.matchAll(/`(dapberry_\w+)`/g)].map(([, name]) => name!);
    expect(mentioned.filter(name => !served.has(name))).toEqual([]);
  }, 60_000);

  it('has a configuration whose jobs are those of the rules, and whose rules are those of the page', async () => {
    const { config, alerts, pis } = await documented();
    const jobs = config.scrape_configs.map(({ job_name }) => job_name);
    const asked = [...alerts.map(({ expr }) => expr), ...(await queries())].join('\n');
    const used = [...asked.matchAll(/job="([^"]+)/g)].map(([, job]) => job!);
    expect(used).not.toEqual([]);
    expect(used.filter(job => !jobs.includes(job))).toEqual([]);
    expect(config.rule_files).toEqual(['fleet.rules.yml']);
    const [pattern = ''] = config.scrape_configs[1]!.file_sd_configs![0]!.files;
    expect(pattern).toMatch(/\*\.yml$/);
    expect(pis.path.startsWith(pattern.replace('*.yml', ''))).toBe(true);
    for (const { targets } of pis.groups)
      for (const target of targets) expect(target).toMatch(/^[\w.-]+:\d+$/);
  });

  it('knows the newest row of each dataset at a gateway that is scraped, without loading one', async () => {
    const { gateway } = await fleet();
    const known = async () => [...(await newestRows(gateway)).keys()].sort();
    await expect.poll(known, PATIENCE).toEqual(['cellar', 'roof']);
    const roof = async () => (await newestRows(gateway)).get('roof')!;
    const before = await roof();
    await expect.poll(roof, PATIENCE).toBeGreaterThan(before);
    const families = await scrape(gateway);
    expect(
      samplesIn(families, 'dapberry_dataset_interval_seconds').map(({ labels, value }) => [
        labels['dataset'],
        value,
      ]),
    ).toEqual([
      ['cellar', 0.1],
      ['roof', 0.1],
    ]);
    const [loaded] = samplesIn(families, 'dapberry_fleet_loaded_datasets');
    expect(loaded!.value).toBe(0);
  }, 60_000);

  it('has no numbers of streams for datasets that nobody has read: a fleet has thousands of them', async () => {
    const { gateway } = await fleet();
    await expect.poll(async () => (await newestRows(gateway)).size, PATIENCE).toBe(2);
    const begun = async () => samplesIn(await scrape(gateway), 'dapberry_streams_begun_total');
    expect(await begun()).toEqual([]);
    await gateway.get('past/roof.csv');
    const labels = { dataset: 'roof', encoding: 'csv', client: 'loopback' };
    expect(await begun()).toEqual([expect.objectContaining({ labels, value: 1 })]);
  }, 60_000);
});
