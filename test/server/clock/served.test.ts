import { describe, expect, it } from 'vitest';
import { attributeTable, parseDas } from '../../../dap/index.ts';
import { type ClockHistory, openDevice } from '../../../device/index.ts';
import { buildApp } from '../../../server/http/app.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { simulatedTmp36 } from '../../device/known-sensors.ts';
import { inMemory, onDemand } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';

/** A source whose rows the system clock stamps, as it stamps those of sensors. */
function clockedSource(clock: ClockHistory = { steps: 0, lastSteps: [], ahead: 0 }): ScriptedSource {
  return new ScriptedSource({ isClocked: true, status: { kind: 'sensors', sensors: [], clock } });
}

/** A server of a scripted dataset and a simulated one at interval 0. */
async function serverWith(device: ScriptedSource, synchronized: Synchronized | undefined) {
  const simulated = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
  const app = await buildApp({
    state: {
      datasets: [inMemory(SCRIPTED, device), onDemand({ ...SCRIPTED, name: 'simulated' }, simulated)],
      clock: synchronized === undefined ? undefined : { synchronized, since: 1_795_000_000 },
    },
  });
  const get = async (path: string) => (await app.inject(path)).payload;
  const clockIn = async (path: string) => {
    const table = attributeTable(parseDas(await get(path)), 'NC_GLOBAL') ?? new Map();
    return Object.fromEntries([...table].filter(([name]) => name.startsWith('clock_')));
  };
  return { app, get, clockIn };
}

const text = (value: string) => ({ type: 'String', values: [value] });
const numbers = (...values: number[]) => ({ type: 'Float64', values });

describe('the clock that stamps rows', () => {
  it('is said to be synchronised or not, wherever a client may look', async () => {
    for (const synchronized of ['yes', 'no', 'unknown'] as const) {
      const { app, get, clockIn } = await serverWith(clockedSource(), synchronized);
      expect(await clockIn('/scripted.das')).toEqual({ clock_synchronized: text(synchronized) });
      expect(await get('/scripted.info')).toContain(`clock_synchronized: ${synchronized}`);
      expect(JSON.parse(await get('/health'))).toMatchObject({
        status: 'ok',
        clock: { synchronized, since: 1_795_000_000 },
      });
      const [, value] = /^dapberry_clock_synchronized (\d)$/m.exec(await get('/metrics')) ?? [];
      expect(value).toBe({ yes: '1', no: '0', unknown: undefined }[synchronized]);
      await app.close();
    }
  });

  it('is not spoken of where nobody watches it, nor where times are simulated', async () => {
    const unwatched = await serverWith(clockedSource(), undefined);
    expect(await unwatched.clockIn('/scripted.das')).toEqual({});
    await unwatched.app.close();
    const watched = await serverWith(clockedSource(), 'no');
    expect(await watched.clockIn('/simulated.das')).toEqual({});
    await watched.app.close();
  });

  it('has its last steps told, so that older rows can be put right', async () => {
    const lastSteps = [
      { time: 1_795_000_100, seconds: 3600.25, ahead: 0 },
      { time: 1_795_000_200, seconds: -60, ahead: 59.5 },
    ];
    const device = clockedSource({ steps: 2, lastSteps, ahead: 12.5 });
    const { app, get, clockIn } = await serverWith(device, 'yes');
    expect(await clockIn('/scripted.das')).toEqual({
      clock_synchronized: text('yes'),
      clock_step_time: numbers(1_795_000_100, 1_795_000_200),
      clock_step_seconds: numbers(3600.25, -60),
      clock_ahead_seconds: numbers(12.5),
    });
    const { datasets } = JSON.parse(await get('/health')) as { datasets: { clock: unknown }[] };
    expect(datasets[0]!.clock).toEqual({ steps: 2, lastSteps, ahead: 12.5 });
    await app.close();
  });
});
