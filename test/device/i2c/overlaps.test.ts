import { describe, expect, it } from 'vitest';
import { SimulatedI2c, simulatedI2c } from '../../../device/host/i2c/i2c-simulated.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import { textOf } from '../../sources.ts';
import { FakeClock } from '../fake-clock.ts';
import { hostOf } from '../known-sensors.ts';
import { readingOf } from '../sensors/i2c-rig.ts';
import { opensOn } from '../sensors/opens.ts';
import { type ChipCase, chipIn, I2C_KINDS, KINDS_WITH_CASE } from './chip-case.ts';

/**
 * The kinds that also claim a chip of a kind after power-on, since nothing that the chips answer tells them apart. `dapberry list --probe` then
 * names both. A pair belongs here only if the datasheets leave no other way; docs/i2c.md names each.
 */
const ALSO_FOUND_AS: Readonly<Record<string, readonly string[]>> = {
  ads1115: ['ads1015'],
  ads1015: ['ads1115'],
  lm75: ['tmp105'],
  tmp105: ['lm75'],
};

/** What happened to the chip before it is looked for. */
type Past = 'powered on' | 'in use for a second' | 'read by its own kind';

/** The kinds that find a chip of this kind at `address`, each with what it says of the chip. */
async function findsOf(
  [, kind, { readings }]: (typeof KINDS_WITH_CASE)[number],
  address: number,
  past: Past,
  around: ChipCase['readings'][0]['around'] = readings[0].around,
): Promise<Readonly<Record<string, string>>> {
  const clock = new FakeClock();
  const serial = serialQueues();
  const bus = new SimulatedI2c(1, {
    [address]: chipIn(
      kind,
      () => around,
      () => clock.monotonic(),
    ),
  });
  const host = hostOf({ clock, buses: { serial }, i2c: simulatedI2c([bus], { clock, serial }) });
  if (past !== 'powered on') clock.pass(1);
  if (past === 'read by its own kind') await readingOf(await opensOn(host).open(kind, { address }));
  const finds: Record<string, string> = {};
  for (const { name, find } of I2C_KINDS) {
    for (const { note = '' } of (await find?.(host)) ?? []) finds[name] = note;
  }
  return finds;
}

/** What a kind says of a chip that these kinds claim. */
function noteOf(address: number, claimants: readonly string[]): string {
  const place = `0x${address.toString(16)} on i2c-1`;
  return claimants.length === 1 ? place : `${place}: ${claimants.join(' or ')}`;
}

describe.each(KINDS_WITH_CASE)('a chip of the kind %s', (...chip) => {
  const [name, kind] = chip;
  const [first, last] = kind.chip.addresses;
  const addresses = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const listed = I2C_KINDS.map(other => other.name).filter(
    other => other === name || ALSO_FOUND_AS[name]?.includes(other),
  );

  it('is found after power-on by its own kind, and by those that nothing tells apart from it', async () => {
    for (const address of addresses) {
      expect(
        Object.keys(await findsOf(chip, address, 'powered on')),
        `tell the chips apart in \`recognise\`, or add the pair to test/device/i2c/overlaps.test.ts`,
      ).toEqual(listed);
    }
  });

  it.each<Past>(['powered on', 'in use for a second', 'read by its own kind'])(
    'is never claimed for sure by another kind (%s)',
    async past => {
      for (const address of addresses) {
        const finds = await findsOf(chip, address, past);
        const claimants = Object.keys(finds);
        expect(claimants).toContain(name);
        expect(claimants.filter(other => !listed.includes(other))).toEqual([]);
        for (const note of Object.values(finds)) expect(note).toBe(noteOf(address, claimants));
      }
    },
  );
});

describe('chips that are alike after power-on', () => {
  it('are named in docs/i2c.md, pair by pair', () => {
    const page = textOf('docs/i2c.md').replaceAll('\n', ' ');
    const order = I2C_KINDS.map(({ name }) => name);
    for (const [name, others] of Object.entries(ALSO_FOUND_AS)) {
      for (const other of others.filter(later => order.indexOf(later) > order.indexOf(name))) {
        expect(page).toContain(`\`${name}\` and \`${other}\``);
      }
    }
  });

  const chipOf = (name: string) => KINDS_WITH_CASE.find(([kind]) => kind === name)!;

  it('an ADS1115 is told from an ADS1015 by a conversion of more than 12 bits', async () => {
    const around = { ain0: 0.7501, ain1: 1.0001, ain2: 2.0001, ain3: 3.0001 };
    const finds = await findsOf(chipOf('ads1115'), 0x48, 'read by its own kind', around);
    expect(finds).toEqual({ ads1115: '0x48 on i2c-1' });
  });

  it('a TMP105 is told from an LM75 by the resolution that its kind sets', async () => {
    expect(await findsOf(chipOf('tmp105'), 0x48, 'read by its own kind')).toEqual({
      tmp105: '0x48 on i2c-1',
    });
  });

  it('an INA219 is found in the range of the converters and thermometers, and they are not taken for one', async () => {
    for (const past of ['powered on', 'read by its own kind'] as const) {
      expect(await findsOf(chipOf('ina219'), 0x48, past)).toEqual({ ina219: '0x48 on i2c-1' });
    }
  });
});
