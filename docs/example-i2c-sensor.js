// Reads the illuminance from a BH1750 on I2C (ROHM datasheet BH1750FVI).
//
// The chip has no registers: a command begins a measurement, and two bytes are its result.

/** Measures once in steps of 1 lx, then switches off. */
const MEASURE = 0x20;
/** Seconds of a measurement at most. */
const DURATION = 0.18;
/** Counts of a lux. */
const SENSITIVITY = 1.2;

/** @type {readonly import('dapberry/device').Channel[]} */
const CHANNELS = [
  {
    name: 'illuminance',
    units: 'lux',
    longName: 'Illuminance',
    validRange: [0, 54_612.5],
    resolution: 1 / SENSITIVITY,
  },
];

/** @type {import('dapberry/device').Driver} */
export default ({ z, sensorKind, quantityNow, pause, i2c }) =>
  sensorKind({
    name: 'bh1750',
    title: 'BH1750 light sensor',
    description: 'Illuminance from a BH1750 on I2C.',
    needs: ['i2c'],
    options: z.strictObject({
      bus: i2c.busOption,
      address: z.literal([0x23, 0x5c]).default(0x23).meta({
        description: 'The address: 0x23 with ADDR at ground, 0x5c at the supply.',
        expected: '0x23 or 0x5c',
        base: 16,
      }),
    }),
    channels: () => CHANNELS,
    conversionTime: () => DURATION,
    // No other sensor may read the same chip.
    claims: i2c.claimsOf,

    open: (place, host) =>
      i2c.openI2cSensor({
        name: 'bh1750',
        channels: CHANNELS,
        place,
        host,
        // Would set the chip up here, and check that it is the expected one; this one has nothing to check.
        begin: async chip => async context => {
          await chip.write(Uint8Array.of(MEASURE), context);
          await pause(host.clock, DURATION, context.signal);
          const [high = 0, low = 0] = await chip.read(2, context);
          return [((high << 8) | low) / SENSITIVITY];
        },
      }),

    // A chip that answers as the real one does, which the code above reads.
    simulate: (place, host) => {
      const seed = i2c.seedOf(place, host);
      const light = quantityNow(seed, { mean: 400, amplitude: 300, period: 3600, noise: 5 }, host.clock);
      let endsAt = Number.POSITIVE_INFINITY;
      const chip = {
        write: (/** @type {Uint8Array} */ [command]) => {
          if (command === MEASURE) endsAt = host.clock.monotonic() + 0.12;
          return true;
        },
        read: () => {
          const counts = Math.min(Math.round(light() * SENSITIVITY), 0xffff);
          return host.clock.monotonic() < endsAt
            ? Uint8Array.of(0, 0)
            : Uint8Array.of(counts >> 8, counts & 0xff);
        },
      };
      return i2c.hostWith(chip, place, host);
    },
  });
