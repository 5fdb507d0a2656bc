import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRIVER_TOOLS, type SensorKind } from '../../../device/index.ts';
import { readingOf, rigWith } from '../../device/sensors/i2c-rig.ts';
import { ROOT } from '../../sources.ts';
import { Site } from './command.ts';

describe('the driver of a chip on I2C that the documentation shows', () => {
  let site: Site;
  beforeEach(() => {
    site = new Site();
    site.copy('docs/example-i2c-sensor.js', 'light.js');
  });
  afterEach(() => site.dispose());

  const configured = (options: string) =>
    site.write('config.yaml', `datasets: {desk: {sensors: [{driver: ./light.js, ${options}}]}}\n`);

  it('measures when it is told to, and converts the two bytes of the chip', async () => {
    const { default: driver } = await import(join(ROOT, 'docs/example-i2c-sensor.js'));
    const kind = driver(DRIVER_TOOLS) as SensorKind;
    const commands: number[] = [];
    const { open, clock } = rigWith(0x23, () => ({
      write: bytes => {
        commands.push(...bytes);
        return true;
      },
      read: () => Uint8Array.of(0x83, 0x90),
    }));
    const sensor = await open(kind);
    const began = clock.monotonic();
    // The example of the datasheet: 0x8390 are 28067 lx.
    expect(await readingOf(sensor)).toEqual([expect.closeTo(28_066.7, 1)]);
    expect(commands).toEqual([0x20]);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(0.18);
  });

  it('is simulated, and refuses another address with its place', async () => {
    configured('address: 0x5c');
    const read = ['read', '--simulate', '--config', 'config.yaml', '--format', 'csv'];
    const { out, code } = await site.run(read);
    expect(code).toBe(0);
    const [, lux = ''] = /^desk,bh1750,illuminance,([\d.]+),lux,/m.exec(out) ?? [];
    expect(Number(lux)).toBeGreaterThan(50);
    expect(Number(lux)).toBeLessThan(750);
    configured('address: 0x24');
    expect((await site.run(['check', '--config', 'config.yaml'])).err).toContain(
      'datasets.desk.sensors[0].address: expected 0x23 or 0x5c, found 36 (0x24)',
    );
  });
});
