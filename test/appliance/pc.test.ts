import { afterAll, beforeAll, expect, it } from 'vitest';
import { pulse, setLevel, setTemperatures, word } from './host/chips.ts';
import { Hall } from './host/hall.ts';
import { nextRow, nextRows } from './host/reading.ts';
import { describeGuest } from './host/suite.ts';

describeGuest('pc', ['getdap'], 'a PC with the drivers of a real kernel', () => {
  let hall: Hall;

  beforeAll(async () => {
    hall = await Hall.open();
  });
  afterAll(() => hall?.close());

  it('reads 1-Wire thermometers through w1_therm, also below zero', async () => {
    await hall.becomes('shed_temperature', 21.5);
    await hall.becomes('roof_temperature', -10.125);
    await setTemperatures(hall.guest, 85, 3.0625);
    await hall.becomes('shed_temperature', 85);
    await hall.becomes('roof_temperature', 3.0625);
  });

  it('reads an ADS1115 and a BME280 through i2c-dev', async () => {
    await hall.becomes('adc_voltage_ain0', 1024);
    await hall.becomes('adc_voltage_ain2_ain3', 64);
    await hall.guest.run(word(0x48, 0, 0xf000));
    await hall.becomes('adc_voltage_ain0', -512);
    // The example of the datasheet.
    await hall.becomes('air_temperature', 25.08, 2);
    await hall.becomes('air_pressure', 1006.53, 2);
  });

  it('reads chips through the drivers of the kernel, and agrees with them', async () => {
    await hall.becomes('board_temp1', 25.5);
    // 0x3e8 of 12 bits; the default range of the driver is 2.048 V: 1 mV a bit.
    expect(await hall.now('pot_voltage0')).toBeCloseTo(1000, 3);
    expect(await hall.now('attic_temp')).toBeCloseTo(await hall.now('air_temperature'), 1);
    expect(await hall.now('attic_humidityrelative')).toBeCloseTo(await hall.now('air_humidity'), 1);
    await hall.guest.run(word(0x49, 0, 0xe700));
    await hall.becomes('board_temp1', -25);
  });

  it('counts each pulse at a pin, and reads its level', async () => {
    const before = await hall.now('rain_count');
    await pulse(hall.guest, 17, 15);
    await hall.becomes('rain_count', before + 15);
    expect(await hall.now('rain_amount')).toBeCloseTo((before + 15) / 4);
    await setLevel(hall.guest, 17, 1);
    await hall.becomes('rain_level', 1);
    await setLevel(hall.guest, 17, 0);
    await hall.becomes('rain_level', 0);
  });

  it('reads the temperature of the processor and the load of the machine', async () => {
    await hall.guest.run('echo 61250 >/sys/module/thermalsim/parameters/temp');
    await hall.becomes('cpu_temperature', 61.25);
    const row = await nextRow(hall.url);
    for (const column of ['load_1min', 'cpu_busy', 'bytes_received', 'send_rate']) {
      expect(row[column], column).toBeGreaterThanOrEqual(0);
    }
  });

  it('keeps the rows in order of time', async () => {
    const rows = await nextRows(hall.url, 5);
    const times = rows.map(({ time = Number.NaN }) => time);
    expect(times).toHaveLength(5);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(new Set(times).size).toBe(5);
  });
});
