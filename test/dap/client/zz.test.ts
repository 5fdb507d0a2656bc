import { it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, States } from './collect.ts';
import { type Row, Station, wireTo } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
it('x', async () => {
  const pi = await new Station([...five, [2e9, 0]]).open();
  const constraint = `&sensor.time>0&sensor.time<=${five[4]![0]}`;
  for (let cut = 0; cut < 500; cut += 10) {
    const t = performance.now();
    const states = new States();
    const wire = await wireTo(pi.port, c => (c === 0 ? cut : undefined));
    const timer = setTimeout(
      () =>
        console.log('hang', cut, JSON.stringify(states.seen), wire.carried, pi.queries.slice(-3), pi.streams),
      2000,
    );
    await all(
      follow(`${wire.origin}/roberrypi`, { constraint, retry: { base: 0 }, onState: states.onState }),
    );
    clearTimeout(timer);
    const u = performance.now();
    await wire.close();
    console.log(cut, (u - t).toFixed(1), (performance.now() - u).toFixed(1));
  }
}, 20000);
