import { afterEach, describe, expect, it } from 'vitest';
import { textOf } from '../../sources.ts';
import { machineWith, PI, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

const USUAL = '/etc/dapberry/config.yaml';

describe('dapberry check', () => {
  it('tells what the built-in configuration serves on a Raspberry Pi', async () => {
    machine = await machineWith(PI);
    const { code, out, err } = await machine.dapberry('check');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot('output/check-built-in.txt');
  });

  it('tells what is left out on a machine with nothing', async () => {
    machine = await machineWith({});
    const { code, out } = await machine.dapberry('check');
    expect(code).toBe(0);
    expect(out).toContain('dataset host is left out: /proc/loadavg is not there');
    expect(out).not.toContain('\ndataset host\n');
  });

  it('tells what the example serves, and that it is right', async () => {
    machine = await machineWith({ [USUAL]: textOf('systemd/config.example.yaml') });
    const { code, out } = await machine.dapberry('check');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('output/check-example.txt');
  });

  it('tells of rows that each reader has for itself, of one address, and of a simulation', async () => {
    machine = await machineWith({
      [USUAL]:
        'server: {host: "::1", port: 80}\nsimulate: true\ndatasets:\n  fast:\n    interval: 0\n    sensors: [{kind: thermal}]\n',
    });
    const { out } = await machine.dapberry('check');
    expect(out).toMatchInlineSnapshot(`
      "configuration  /etc/dapberry/config.yaml: right
      live page      http://[::1]:80/
      simulated      everything, with the seed 2013
      streams        2000 at most, 200 of one address

      dataset fast
        title     fast
        address   http://[::1]:80/fast, and http://[::1]:80/ itself: the first
                  dataset
        interval  0: as fast as each client reads, each with rows of its own
        log       none
        sensors   thermal
        columns of the Sequence sensor
          time         Float64  seconds since 1970-01-01T00:00:00Z
          temperature  Float64  degree_Celsius                      of thermal
      "
    `);
  });

  it('tells all that is wrong by line and column, on standard error, and gives 2', async () => {
    machine = await machineWith({
      [USUAL]: 'server:\n  prot: 80\ndatasets:\n  a:\n    sensors: [{kind: termal}]\n',
    });
    const { code, out, err } = await machine.dapberry('check');
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(
        /^\/etc\/dapberry\/config\.yaml:2:3: server\.prot: expected .*, found "prot"; did you mean "port"\?$/,
      ),
      expect.stringMatching(
        /^\/etc\/dapberry\/config\.yaml:5:22: datasets\.a\.sensors\[0\]\.kind: expected .* found "termal"; did you mean "thermal"\?$/,
      ),
      'dapberry: 2 mistakes in the configuration',
      '',
    ]);
  });
});
