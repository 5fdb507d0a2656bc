// Measures the values a second that one server sends as a netCDF file from memory, in turns with the same rows as DAP2 binary data.

import { median, millions, yesOrNo } from '../figures.mjs';
import { Server } from '../processes.mjs';

const ROUNDS = 5;

/** The rows of the full log, one a millisecond, and those of the requested window: three columns. */
const LOG = { kind: 'full', rows: 2 ** 20 };
const WINDOW_END = 1_000_001_000;
const COLUMNS = 3;
const WINDOW = `&time<${WINDOW_END}`;

/** Bytes of a row in the file, and of a row with its mark. */
const RECORD = 24;
const STRIDE = 28;

const GOAL = 40e6;

export async function netcdf() {
  const server = await Server.dapberry(LOG);
  try {
    const rate = async (path, bytesOfRow) => {
      const got = await server.read(path, { warmUp: 0.2, seconds: 1 });
      const values = (got.bytes / bytesOfRow) * COLUMNS;
      return { rate: values / got.seconds, perProcessorSecond: values / got.serverSeconds };
    };
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const dods = await rate(`/full.dods?${WINDOW}`, STRIDE);
      const file = await rate(`/full.nc?${WINDOW}`, RECORD);
      rounds.push({ ...file, ratio: file.perProcessorSecond / dods.perProcessorSecond });
    }
    const of = key => median(rounds.map(round => round[key]));
    const isReached = of('rate') >= GOAL;
    const reached = !isReached && of('perProcessorSecond') >= GOAL ? 'by CPU time' : yesOrNo(isReached);
    return [
      [
        'netCDF files from memory, 1 client',
        `${millions(of('rate'))} values/s`,
        `${of('ratio').toFixed(2)} of .dods`,
        `${(1e6 / of('perProcessorSecond')).toFixed(4)} s/M values (${millions(of('perProcessorSecond'))} values/s)`,
        '40 M values/s',
        reached,
      ],
    ];
  } finally {
    await server.stop();
  }
}
