import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, numbersShown, openPage, picturesMove } from '../web/open-page.ts';
import { appArchive } from './host/app.ts';
import { THERMOMETERS } from './host/chips.ts';
import { Guest } from './host/guest.ts';
import { eventually, health, nextRow, sensorOf } from './host/reading.ts';
import { describeGuest } from './host/suite.ts';

/** LEVELS leaves GPIO 17 high; GPIO 27 stays low. */
const CONFIG = `
datasets:
  shed:
    title: Emulated Raspberry Pi
    interval: 2 s
    sensors:
      - {kind: tmp105, name: board, channels: {temperature: {long_name: TMP105 on I2C}}}
      - {kind: ds18b20, name: air, address: ${THERMOMETERS[0]}, resolution: 9, channels: {temperature: {long_name: DS18B20 on 1-Wire}}}
      - {kind: gpio-input, name: lid, pin: 17}
      - {kind: gpio-input, name: hatch, pin: 27}
      - {kind: thermal, name: cpu, zone: cpu-thermal}
`;

/** Sets GPIO 17 high and releases it: the controller of the emulated Pi keeps the level. */
const LEVELS = `for chip in /sys/class/gpio/gpiochip*; do
  test "$(cat $chip/label)" = pinctrl-bcm2835 && base=$(cat $chip/base)
done
echo $((base + 17)) >/sys/class/gpio/export
echo high >/sys/class/gpio/gpio$((base + 17))/direction
echo $((base + 17)) >/sys/class/gpio/unexport`;

/** The timeout of the first row in seconds: Node needs a minute to start on an emulated processor, more on a busy machine. */
const FIRST_ROW = 600;

/** The environment variable with the file for a picture of the page. */
const { DAPBERRY_SCREENSHOT } = process.env;

const say = (text: string) => process.stdout.write(`${text}\n`);

describeGuest('pi', ['getdap', 'chromium'], 'an emulated Raspberry Pi 3', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  let guest: Guest;
  let shed: string;
  let browser: Browser;

  /** Sets the TMP105 from outside, in degrees Celsius. */
  const setThermometer = (degrees: number) =>
    guest.qmp.call('qom-set', {
      path: '/machine/peripheral/thermometer',
      property: 'temperature',
      value: degrees * 1000,
    });

  beforeAll(
    async () => {
      guest = await Guest.boot('pi', { files: appArchive(folder) });
      shed = `${guest.url()}/shed`;
      // A Pi has no clock that runs without power.
      await guest.run(`date -s @${Math.round(Date.now() / 1000)}`);
      await guest.run(LEVELS);
      await setThermometer(21.5);
      await guest.run(`cat >/app/config.yaml <<'END'
${CONFIG}
END
node /app/dist/server/main.js serve --config /app/config.yaml >/tmp/log 2>&1 &
echo $! >/tmp/pid`);
      const began = performance.now();
      await eventually(
        () => health(guest.url()),
        () => true,
        FIRST_ROW,
      );
      await eventually(
        () => nextRow(shed),
        () => true,
        FIRST_ROW,
      );
      const seconds = (performance.now() - began) / 1000;
      const up = await guest.run('cut -d" " -f1 /proc/uptime');
      say(`the emulated Pi was up after ${guest.bootTime.toFixed(0)} s`);
      say(
        `first row ${seconds.toFixed(0)} s after the start of the program, ${up} s after that of the kernel`,
      );
    },
    2 * FIRST_ROW * 1000,
  );
  afterAll(async () => {
    await browser?.close();
    await guest?.cutPower();
    rmSync(folder, { recursive: true, force: true });
  });

  const becomes = (column: string, value: number) =>
    eventually(
      () => nextRow(shed),
      row => Math.abs(row[column]! - value) < 0.001,
      120,
    );

  it('is a Raspberry Pi to its kernel', async () => {
    expect(await guest.run('cat /proc/device-tree/model')).toMatch(/^Raspberry Pi 3 Model B/);
    expect(await guest.run('uname -m; node -p process.arch')).toBe('aarch64\narm64');
  });

  it('serves every sensor', async () => {
    const { datasets } = await eventually(
      () => health(guest.url()),
      ({ status }) => status === 'ok',
    );
    expect(datasets[0]?.sensors.map(({ name }) => name)).toEqual(['board', 'air', 'lid', 'hatch', 'cpu']);
  });

  it('reads a TMP105 through i2c-bcm2835 as it is changed from outside', async () => {
    await becomes('board_temperature', 21.5);
    await setThermometer(-10.5);
    await becomes('board_temperature', -10.5);
  });

  it('reads a DS18B20 through w1_therm', async () => {
    await guest.run('echo 18500,0 >/sys/module/w1sim/parameters/temp');
    await becomes('air_temperature', 18.5);
    await guest.run('echo 2,0 >/sys/module/w1sim/parameters/fault');
    await eventually(
      () => sensorOf(guest.url(), 'air'),
      ({ state }) => state === 'failing',
      120,
    );
    const { air_temperature: missing } = await nextRow(shed);
    expect(missing).toBeNaN();
    await guest.run('echo 0,0 >/sys/module/w1sim/parameters/fault');
    await becomes('air_temperature', 18.5);
  });

  it('reads lines of pinctrl-bcm2835 by their BCM numbers', async () => {
    await becomes('lid_level', 1);
    await becomes('hatch_level', 0);
  });

  it('reads the temperature of the processor', async () => {
    const { cpu_temperature: found = Number.NaN } = await nextRow(shed);
    const zone = Number(await guest.run('cat /sys/class/thermal/thermal_zone0/temp')) / 1000;
    expect(found).toBeCloseTo(zone, 0);
  });

  it('needs little memory', async () => {
    const status = await guest.run('grep -E "VmRSS|VmHWM" /proc/$(cat /tmp/pid)/status');
    say(`resident memory on the emulated Pi: ${status.replace(/\s+/g, ' ')}`);
    const kilobytes = Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1]);
    expect(kilobytes).toBeLessThan(150_000);
  });

  it('shows the readings in a browser on another machine as they change', async () => {
    browser = await launch();
    const { page, problems } = await openPage(browser, `${guest.url()}/`);
    page.setDefaultTimeout(240_000);
    await numbersShown(page);
    for (const degrees of [19, 21.5, 24, 27.5, 31, 29.25, 26, 23.5, 22, 24.75]) {
      await setThermometer(degrees);
      await page.waitForFunction(
        wanted =>
          [...document.querySelectorAll<HTMLDataElement>('.legend data')].some(
            ({ value }) => Number(value) === wanted,
          ),
        degrees,
      );
    }
    await picturesMove(page);
    if (DAPBERRY_SCREENSHOT) await page.screenshot({ path: DAPBERRY_SCREENSHOT });
    expect(problems).toEqual([]);
  });
});
