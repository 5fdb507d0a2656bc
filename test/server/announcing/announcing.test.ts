import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { announcementOf } from '../../../server/run/announcing/announcement.ts';
import { Announcer } from '../../../server/run/announcing/announcer.ts';
import { describeWith } from '../../tools.ts';
import { AvahiNetwork, canSeparate } from './avahi-daemon.ts';

function wanted(text: string, port = 8080) {
  const loaded = loadConfig([{ name: 'config.yaml', content: text }]);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return announcementOf(loaded.config, port);
}

const SENSORS = 'sensors: [{kind: tmp36-simulated}]';
const named = (...names: readonly string[]) =>
  `datasets: {${names.map(name => `${name}: {${SENSORS}}`).join(', ')}}\n`;

describe('what is announced', () => {
  it('is the name of the machine or of the configuration, and the datasets', () => {
    expect(wanted(named('roof', 'garden'))).toEqual({
      name: `dapberry on ${hostname().split('.')[0]}`,
      type: '_http._tcp',
      port: 8080,
      texts: ['path=/', 'datasets=roof,garden'],
    });
    expect(wanted(`server: {announce: Roof}\n${named('roof')}`)).toMatchObject({ name: 'Roof' });
    const tls = 'server: {tls: {certificate: /c.pem, key: /k.pem}}\n';
    expect(wanted(`${tls}${named('roof')}`)).toMatchObject({ type: '_https._tcp' });
  });

  it('fits into its bytes', () => {
    const many = Array.from({ length: 30 }, (_, index) => `station_number_${index}`);
    const found = wanted(`server: {announce: ${'é'.repeat(40)}}\n${named(...many)}`);
    if ('reason' in found) throw new Error(found.reason);
    expect(Buffer.byteLength(found.name)).toBe(62);
    const [, names = '', more = ''] = found.texts;
    expect(names.length).toBeLessThanOrEqual(255);
    expect(names.split(',').length + Number(more.replace('more=', ''))).toBe(30);
  });

  it('is nothing where nobody could reach it, and no dataset that needs a password', () => {
    expect(wanted(`server: {announce: false}\n${named('roof')}`)).toEqual({
      reason: 'server.announce is false',
    });
    for (const host of ['127.0.0.1', 'localhost', '"::1"'])
      expect(wanted(`server: {host: ${host}}\n${named('roof')}`)).toHaveProperty('reason');
    const users = `access: {users: /u}\ndatasets: {a: {public: true, ${SENSORS}}, b: {${SENSORS}}}\n`;
    expect(wanted(users)).toMatchObject({ texts: ['path=/', 'datasets=a'] });
  });
});

const announcers: Announcer[] = [];

describeWith('avahi-daemon', 'the server in the network', () => {
  describe.runIf(canSeparate)('with Avahi', { timeout: 90_000 }, () => {
    let network: AvahiNetwork;
    let logged: string[];
    beforeEach(() => {
      network = new AvahiNetwork();
      logged = [];
    });
    afterEach(async () => {
      for (const announcer of announcers.splice(0)) announcer.close();
      await network.close();
    });

    function announcing(text: { now: string }, port = 8080): Announcer {
      const announcer = new Announcer({
        wanted: () => wanted(text.now, port),
        logger: {
          info: (_facts: unknown, sentence?: string) => void logged.push(String(sentence)),
          warn: (sentence: unknown) => void logged.push(String(sentence)),
        } as never,
        environment: network.environment,
        firstPause: 100,
      });
      announcers.push(announcer);
      announcer.update();
      return announcer;
    }
    const seen = (type: string) =>
      expect.poll(() => network.browse(type), { timeout: 30_000, interval: 300 });

    it('is seen with its port and datasets, under another name after a reload, and gone when it ends', async () => {
      await network.startBus();
      network.startAvahi();
      const text = { now: `server: {announce: Weather}\n${named('roof', 'garden')}` };
      const announcer = announcing(text, 8099);
      await seen('_http._tcp').toEqual([
        expect.stringMatching(
          /;Weather;Web Site;local;.*;10\.9\.8\.7;8099;"datasets=roof,garden" "path=\/"$/,
        ),
      ]);
      expect(announcer.status).toMatchObject({ state: 'announced', name: 'Weather', port: 8099 });
      text.now = `server: {announce: Roof}\n${named('roof')}`;
      announcer.update();
      await seen('_http._tcp').toEqual([expect.stringMatching(/;Roof;.*datasets=roof"/)]);
      text.now = `server: {announce: false}\n${named('roof')}`;
      announcer.update();
      await seen('_http._tcp').toEqual([]);
      expect(announcer.status).toEqual({ state: 'off', reason: 'server.announce is false' });
      text.now = named('roof');
      announcer.update();
      await seen('_http._tcp').toHaveLength(1);
      announcer.close();
      await seen('_http._tcp').toEqual([]);
    });

    it('takes another name where a server of the network has it', async () => {
      await network.startBus();
      network.startAvahi();
      const text = { now: `server: {announce: Same}\n${named('roof')}` };
      const first = announcing(text, 8081);
      await expect.poll(() => first.status.state, { timeout: 30_000 }).toBe('announced');
      const second = announcing(text, 8082);
      await expect
        .poll(() => second.status, { timeout: 30_000 })
        .toMatchObject({ name: 'Same #2', port: 8082 });
      await seen('_http._tcp').toHaveLength(2);
    });

    it('waits for a bus and for Avahi, and is announced again after Avahi was restarted', async () => {
      const announcer = announcing({ now: named('roof') });
      await expect
        .poll(() => announcer.status)
        .toEqual({ state: 'absent', reason: 'this machine has no D-Bus' });
      await network.startBus();
      const absent = { state: 'absent', reason: 'Avahi does not run on this machine' };
      await expect.poll(() => announcer.status, { timeout: 30_000 }).toEqual(absent);
      expect(logged).toEqual([]);
      network.startAvahi();
      await expect.poll(() => announcer.status.state, { timeout: 30_000 }).toBe('announced');
      await network.stopAvahi();
      await expect.poll(() => announcer.status, { timeout: 30_000 }).toEqual(absent);
      network.startAvahi();
      await expect.poll(() => announcer.status.state, { timeout: 30_000 }).toBe('announced');
      await seen('_http._tcp').toHaveLength(1);
    });
  });
});
