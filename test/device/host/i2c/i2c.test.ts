import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromisifiedBus } from 'i2c-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { I2cAdapter } from '../../../../device/host/i2c/i2c-adapter.ts';
import { i2cBuses } from '../../../../device/host/i2c/i2c-bus.ts';
import { type I2cModule, linuxI2c } from '../../../../device/host/i2c/i2c-linux.ts';
import { type I2cFault, SimulatedI2c, simulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { serialQueues } from '../../../../device/host/serial.ts';
import { wordRegisters } from '../../../../device/models/word-registers.ts';
import { FakeClock } from '../../fake-clock.ts';

const ADDRESS = 0x48;

/** A chip of four words, the second a byte. */
function memory() {
  const words = [0x1234, 0x56, 0x789a, 0xbcde];
  const chip = wordRegisters({
    get: register => words[register]!,
    set: (register, value) => {
      words[register] = value;
    },
    bytes: register => (register === 1 ? 1 : 2),
  });
  return { words, chip };
}

function busWithChip() {
  const clock = new FakeClock();
  const { words, chip } = memory();
  const bus = new SimulatedI2c(1, { [ADDRESS]: chip });
  const other = new SimulatedI2c(3, { [ADDRESS]: memory().chip });
  return { bus, other, words, clock, buses: simulatedI2c([bus, other], { clock }) };
}

describe('a chip on an I2C bus', () => {
  it('is read and written in bytes and words, the greater byte first', async () => {
    const { buses, words } = busWithChip();
    const chip = await buses.open(1, ADDRESS);
    expect(await chip.readWord(0)).toBe(0x1234);
    expect(await chip.readByte(1)).toBe(0x56);
    expect([...(await chip.readBlock(2, 2))]).toEqual([0x78, 0x9a]);
    await chip.writeWord(3, 0x0102);
    await chip.writeByte(1, 7);
    expect(words).toEqual([0x1234, 7, 0x789a, 0x0102]);
    await chip.write(Uint8Array.of(0));
    expect([...(await chip.read(2))]).toEqual([0x12, 0x34]);
  });

  it('is closed with the last that uses its bus', async () => {
    const { bus, buses } = busWithChip();
    const [first, second] = [await buses.open(1, ADDRESS), await buses.open(1, 0x49)];
    expect(bus.open).toBe(1);
    await first.close();
    await first.close();
    expect(bus.open).toBe(1);
    await expect(first.readWord(0)).rejects.toThrow('the chip at 0x48 on i2c-1 is closed');
    await second.close();
    expect(bus.open).toBe(0);
  });

  it('may be disturbed once without anybody noticing', async () => {
    const { bus, buses } = busWithChip();
    const chip = await buses.open(1, ADDRESS);
    bus.fail('no-answer', 1);
    expect(await chip.readWord(0)).toBe(0x1234);
  });

  it.each<[I2cFault, string]>([
    ['no-answer', 'no chip answers at 0x48 on i2c-1: check its wires, its supply and its address pins'],
    ['disturbed', 'a transfer to 0x48 on i2c-1 was disturbed (errno 5): check the wires and the pull-ups'],
    ['timeout', 'i2c-1 timed out at 0x48 on i2c-1: a line may be held low'],
    ['gone', '/dev/i2c-1 is not there: switch I2C on (raspi-config'],
    ['forbidden', '/dev/i2c-1 may not be opened by this user: add it to the group i2c'],
    [
      'not-allowed',
      "/dev/i2c-1 is there, but the service's device policy does not allow it: sudo systemctl restart dapberry-devices",
    ],
    ['held', '0x48 on i2c-1 is held by a driver of the kernel'],
  ])('that fails (%s) says what to do, and works again afterwards', async (fault, sentence) => {
    const { bus, buses } = busWithChip();
    const chip = await buses.open(1, ADDRESS);
    bus.fail(fault);
    for (let transfer = 0; transfer < 3; transfer++) await expect(chip.readWord(0)).rejects.toThrow(sentence);
    bus.mend();
    expect(await chip.readWord(0)).toBe(0x1234);
    await chip.close();
    expect(bus.open).toBe(0);
  });

  it('on a bus that hangs gives up after its deadline, holds no second thread, and comes back', async () => {
    const { bus, buses, clock } = busWithChip();
    const [chip, elsewhere] = [await buses.open(1, ADDRESS), await buses.open(3, ADDRESS)];
    bus.fail('hang');
    const began = clock.monotonic();
    await expect(chip.readWord(0)).rejects.toThrow(
      'i2c-1 hangs: a transfer that began 1.5 s ago has not ended',
    );
    expect(clock.monotonic() - began).toBe(1.5);
    await expect(chip.readWord(0)).rejects.toThrow('i2c-1 hangs');
    expect(clock.monotonic() - began).toBe(1.5);
    expect(await elsewhere.readWord(0)).toBe(0x1234);
    bus.mend();
    await new Promise(resolve => setImmediate(resolve));
    expect(await chip.readWord(0)).toBe(0x1234);
    await chip.close();
    expect(bus.open).toBe(0);
  });

  it('is not waited for after an abort', async () => {
    const { bus, buses } = busWithChip();
    const chip = await buses.open(1, ADDRESS);
    bus.fail('hang');
    const stop = new AbortController();
    const reading = chip.readWord(0, stop);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    bus.mend();
  });
});

describe('the I2C buses of a machine', () => {
  const dev = mkdtempSync(join(tmpdir(), 'dapberry-dev-'));
  beforeAll(() => writeFileSync(join(dev, 'i2c-1'), ''));
  afterAll(() => rmSync(dev, { recursive: true }));

  /** The methods of i2c-bus over a simulated bus: bytes in buffers, words as SMBus has them. */
  const moduleOver = (adapter: I2cAdapter): I2cModule => {
    const read = async (buffer: Buffer, bytes: Promise<Uint8Array>) => ({
      bytesRead: buffer.write(Buffer.from(await bytes).toString('latin1'), 'latin1'),
      buffer,
    });
    const bus: Partial<PromisifiedBus> = {
      readByte: adapter.readByte,
      writeByte: adapter.writeByte,
      readWord: adapter.readWord,
      writeWord: adapter.writeWord,
      readI2cBlock: (address, register, length, buffer) =>
        read(buffer, adapter.readBlock(address, register, length)),
      i2cRead: (address, length, buffer) => read(buffer, adapter.read(address, length)),
      i2cWrite: async (address, length, buffer) => {
        await adapter.write(address, buffer.subarray(0, length));
        return { bytesWritten: length, buffer };
      },
      close: adapter.close,
    };
    return { openPromisified: async () => bus as PromisifiedBus };
  };

  const busesOf = (options: Parameters<typeof linuxI2c>[0]) =>
    i2cBuses({
      openAdapter: linuxI2c(options),
      list: async () => [],
      serial: serialQueues(),
      clock: new FakeClock(),
    });

  it('are reached through the module i2c-bus', async () => {
    const { bus, words } = busWithChip();
    const load = async () => moduleOver(await bus.adapter());
    const chip = await busesOf({ load, dev }).open(1, ADDRESS);
    expect(await chip.readWord(0)).toBe(0x1234);
    expect(await chip.readByte(1)).toBe(0x56);
    expect([...(await chip.readBlock(2, 2))]).toEqual([0x78, 0x9a]);
    await chip.writeWord(3, 0x0102);
    await chip.writeByte(1, 7);
    await chip.write(Uint8Array.of(2, 0xaa, 0xbb));
    expect([...(await chip.read(2))]).toEqual([0xaa, 0xbb]);
    expect(words).toEqual([0x1234, 7, 0xaabb, 0x0102]);
    await chip.close();
    expect(bus.open).toBe(0);
  });

  it('say in one sentence that the module is missing', async () => {
    const buses = busesOf({ load: () => Promise.reject(new Error('no such file: i2c.node')), dev });
    await expect(buses.open(1, ADDRESS)).rejects.toThrow(
      /^sensors on I2C need the module i2c-bus, which is not installed or was not built here \(\w+\): .*npm install i2c-bus/,
    );
  });

  it('are missed before anything is sent to them', async () => {
    const { bus } = busWithChip();
    const load = async () => moduleOver(await bus.adapter());
    await expect(busesOf({ load, dev }).open(7, ADDRESS)).rejects.toThrow(
      '/dev/i2c-7 is not there: switch I2C on',
    );
  });
});
