import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyApp } from './host/app.ts';
import {
  bme280,
  pulse,
  setLevel,
  setTemperatures,
  setWireFaults,
  THERMOMETERS,
  type WireFault,
  word,
} from './host/chips.ts';
import { Guest } from './host/guest.ts';
import { eventually, health, nextRow, nextRows, sensorOf } from './host/reading.ts';
import { journal, startService, stopService } from './host/service.ts';
import { describeGuest } from './host/suite.ts';

/** Every way to a sensor that the PC guest has, in one configuration. */
const CONFIG = `
datasets:
  hall:
    title: Hall
    interval: 3 s
    sensors:
      - {kind: ds18b20, name: shed, address: ${THERMOMETERS[0]}, resolution: 9}
      - {kind: ds18b20, name: roof, address: ${THERMOMETERS[1]}, resolution: 12}
      - {kind: ads1115, name: adc, bus: 0, address: 0x48, inputs: [AIN0, AIN2-AIN3], ranges: {AIN2-AIN3: 0.256}}
      - {kind: bme280, name: air, bus: 0, address: 0x76}
      - {kind: gpio-input, name: rain, pin: 17, scale: 0.25, units: mm}
      - {kind: hwmon, name: board, device: lm75}
      - {kind: iio, name: pot, device: ads1015, inputs: [voltage0]}
      - {kind: iio, name: attic, device: bme280, inputs: [temp, pressure, humidityrelative]}
      - {kind: thermal, name: cpu, zone: cpu-thermal}
      - {kind: host-load}
      - {kind: host-cpu}
      - {kind: host-network}
  door:
    title: Door
    interval: 1 s
    sensors:
      - {kind: gpio-input, name: door, pin: 22}
`;

/** The chips that drivers of the kernel read: LM75, ADS1015 and a BME280. */
const BIND = `modprobe -a lm75 ti-ads1015 bmp280-i2c
cd /sys/bus/i2c/devices/i2c-0
echo lm75 0x49 >new_device; echo ads1015 0x4a >new_device; echo bme280 0x77 >new_device
test -d 0-0049/hwmon && test -d 0-004a/iio:device* && test -d 0-0077/iio:device*`;

/** What the converters read, in each of their one conversion registers. */
const CHIPS = [
  word(0x48, 0, 0x2000),
  word(0x49, 0, 0x1980),
  word(0x4a, 0, 0x3e80),
  bme280(0x76),
  bme280(0x77),
].join('\n');

/** Another program, which holds the line of GPIO 22. */
const HOLD_DOOR = `line=$(($(cat /sys/class/gpio/gpiochip*/base | head -1) + 22))
echo $line >/sys/class/gpio/export
systemd-run --quiet --unit=holder sh -c "exec 3</sys/class/gpio/gpio$line/value; exec sleep infinity"`;
const LET_DOOR_GO = `systemctl stop holder
echo $(($(cat /sys/class/gpio/gpiochip*/base | head -1) + 22)) >/sys/class/gpio/unexport`;

describeGuest('pc', ['getdap', 'curl'], 'a PC with the drivers of a real kernel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  let guest: Guest;
  let hall: string;

  beforeAll(async () => {
    copyApp(folder);
    guest = await Guest.boot('pc', { shares: { app: folder } });
    process.stdout.write(`the PC guest was up after ${guest.bootTime.toFixed(0)} s\n`);
    hall = `${guest.url()}/hall`;
    await guest.run(CHIPS);
    await guest.run(BIND);
    await guest.run(HOLD_DOOR);
    await setTemperatures(guest, 21.5, -10.125);
    await startService(guest, CONFIG);
    await eventually(
      () => nextRow(hall),
      () => true,
      240,
    );
  });
  afterAll(async () => {
    await guest?.cutPower();
    rmSync(folder, { recursive: true, force: true });
  });

  const becomes = async (column: string, value: number, precision = 3) => {
    const tolerance = 10 ** -precision / 2;
    const row = await eventually(
      () => nextRow(hall),
      found => Math.abs(found[column]! - value) <= tolerance,
    );
    expect(row[column]).toBeCloseTo(value, precision);
  };
  /** What a column says in the next row. */
  const now = async (column: string) => (await nextRow(hall))[column] ?? Number.NaN;
  /** It fails, in the end with this reason: a fault that comes in the middle of a reading may give another one first. */
  const failsWith = (name: string, reason: RegExp) =>
    eventually(
      () => sensorOf(guest.url(), name),
      ({ state, lastError }) => state === 'failing' && reason.test(lastError?.message ?? ''),
    );
  const recovers = (name: string) =>
    eventually(
      () => sensorOf(guest.url(), name),
      ({ state }) => state === 'ok',
      150,
    );

  it('reads 1-Wire thermometers through w1_therm, also below zero', async () => {
    await becomes('shed_temperature', 21.5);
    await becomes('roof_temperature', -10.125);
    await setTemperatures(guest, 85, 3.0625);
    await becomes('shed_temperature', 85);
    await becomes('roof_temperature', 3.062);
  });

  it('reads an ADS1115 and a BME280 through i2c-dev', async () => {
    await becomes('adc_voltage_ain0', 1024);
    await becomes('adc_voltage_ain2_ain3', 64);
    await guest.run(word(0x48, 0, 0xf000));
    await becomes('adc_voltage_ain0', -512);
    // The example of the datasheet.
    await becomes('air_temperature', 25.08, 2);
    await becomes('air_pressure', 1006.53, 2);
  });

  it('reads chips through the drivers of the kernel, and agrees with them', async () => {
    await becomes('board_temp1', 25.5);
    // 0x3e8 of 12 bits; the driver takes 2.048 V where nothing says otherwise: 1 mV a bit.
    expect(await now('pot_voltage0')).toBeCloseTo(1000, 3);
    expect(await now('attic_temp')).toBeCloseTo(await now('air_temperature'), 1);
    expect(await now('attic_humidityrelative')).toBeCloseTo(await now('air_humidity'), 1);
    await guest.run(word(0x49, 0, 0xe700));
    await becomes('board_temp1', -25);
  });

  it('counts each pulse at a pin, and tells its level', async () => {
    const before = await now('rain_count');
    await pulse(guest, 17, 15);
    await becomes('rain_count', before + 15);
    expect(await now('rain_amount')).toBeCloseTo((before + 15) / 4);
    await setLevel(guest, 17, 1);
    await becomes('rain_level', 1);
    await setLevel(guest, 17, 0);
    await becomes('rain_level', 0);
  });

  it('reads the temperature of the processor and the load of the machine', async () => {
    await guest.run('echo 61250 >/sys/module/thermalsim/parameters/temp');
    await becomes('cpu_temperature', 61.25);
    const row = await nextRow(hall);
    for (const column of ['load_1min', 'cpu_busy', 'bytes_received', 'send_rate']) {
      expect(row[column], column).toBeGreaterThanOrEqual(0);
    }
  });

  it('keeps the rows in order of time', async () => {
    const rows = await nextRows(hall, 5);
    const times = rows.map(({ time = Number.NaN }) => time);
    expect(times).toHaveLength(5);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(new Set(times).size).toBe(5);
  });

  it('says which program holds a pin, and takes it when it is free', async () => {
    await failsWith('door', /GPIO22 is in use by .*sleep/);
    expect(await journal(guest, /sensor door fails/)).toHaveLength(1);
    await guest.run(LET_DOOR_GO);
    await recovers('door');
    expect(await journal(guest, /sensor door is back/)).toHaveLength(1);
  });

  it.each<[WireFault, 'shed' | 'roof', RegExp]>([
    ['crc', 'shed', /does not answer, or not with the right CRC/],
    ['gone', 'shed', /does not answer|is no longer on/],
    ['powerLost', 'roof', /85|supply|power/],
    ['stuck', 'roof', /does not answer|CRC/],
  ])(
    'gives no value for a thermometer with the fault %s, says so once, and goes on after it',
    async (fault, name, reason) => {
      const [column, other] =
        name === 'shed' ? ['shed_temperature', 'roof_temperature'] : ['roof_temperature', 'shed_temperature'];
      await setWireFaults(guest, 'none', 'none');
      await setTemperatures(guest, 19.5, 18.25);
      await becomes('shed_temperature', 19.5);
      await becomes('roof_temperature', 18.25);
      const told = (await journal(guest, new RegExp(`sensor ${name} `))).length;
      await setWireFaults(guest, name === 'shed' ? fault : 'none', name === 'roof' ? fault : 'none');
      await failsWith(name, reason);
      const rows = await nextRows(hall, 4);
      expect(rows.map(row => row[column])).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
      for (const { air_temperature: air } of rows) expect(air).toBeCloseTo(25.08, 2);
      // A faulty one keeps the bus busy, as the driver asks it again and again.
      await becomes(other!, name === 'shed' ? 18.25 : 19.5);
      await setWireFaults(guest, 'none', 'none');
      await recovers(name);
      await becomes(column!, name === 'shed' ? 19.5 : 18.25);
      const lines = await journal(guest, new RegExp(`sensor ${name} `));
      expect(lines.slice(told)).toEqual([
        expect.stringMatching(`sensor ${name} fails`),
        expect.stringMatching(`sensor ${name} is back`),
      ]);
    },
  );

  it('says that a driver of the kernel holds a chip, and reads it again without the driver', async () => {
    await guest.run('echo lm75 0x48 >/sys/bus/i2c/devices/i2c-0/new_device');
    await failsWith('adc', /0x48 on i2c-0 is held by a driver of the kernel/);
    expect(await now('adc_voltage_ain0')).toBeNaN();
    await guest.run('echo 0x48 >/sys/bus/i2c/devices/i2c-0/delete_device');
    await recovers('adc');
    expect(await journal(guest, /sensor adc (fails|is back)/)).toHaveLength(2);
  });

  it('begins without the I2C bus, says what is missing, and reads it when it is there', async () => {
    await stopService(guest);
    await guest.run('modprobe -r i2c-stub');
    await startService(guest, CONFIG);
    await eventually(
      () => nextRow(hall),
      () => true,
      240,
    );
    await failsWith('adc', /\/dev\/i2c-0 is not there/);
    await failsWith('board', /lm75/);
    await guest.run('modprobe i2c-stub chip_addr=0x48,0x49,0x4a,0x76,0x77');
    await guest.run(CHIPS);
    await guest.run(BIND);
    for (const name of ['adc', 'air', 'board', 'pot', 'attic']) await recovers(name);
    await becomes('adc_voltage_ain0', 1024);
    await becomes('air_temperature', 25.08, 2);
    expect((await health(guest.url())).status).toBe('ok');
  });

  it('says which group a user needs for the I2C bus', async () => {
    await guest.run(`cat >/etc/dapberry/alone.yaml <<'END'
server: {port: 8081}
datasets: {board: {sensors: [{kind: lm75, bus: 0, address: 0x48}]}}
END
systemd-run --quiet --unit=alone -p User=nobody node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    const said = await eventually(
      () => guest.run('curl -sf http://127.0.0.1:8081/health'),
      text => text.includes('"failing"'),
    );
    expect(said).toMatch(/\/dev\/i2c-0 may not be opened by this user: add it to the group i2c/);
    await guest.run(`systemctl stop alone
systemd-run --quiet --unit=member -p User=nobody -p SupplementaryGroups=i2c \\
  node /app/dist/server/main.js serve --config /etc/dapberry/alone.yaml`);
    await eventually(
      () => guest.run('curl -sf http://127.0.0.1:8081/health'),
      text => text.includes('"status":"ok"'),
    );
    await guest.run('systemctl stop member');
  });
});
