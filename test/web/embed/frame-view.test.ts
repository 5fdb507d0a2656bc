import { describe, expect, it } from 'vitest';
import { frameView } from '../../../web/embed/frame-view.ts';

describe('the view of the page for frames', () => {
  it.each([
    [
      '?d=roof&cols=air,hum&window=1h&theme=dark',
      { src: 'roof', columns: 'air,hum', window: '1h', theme: 'dark' },
    ],
    ['?d=roof#window=600', { src: 'roof', window: '600' }],
    [
      '?window=1h&url=http://b/c?time,air&air>3#cols=air',
      { src: 'http://b/c?time,air&air>3', window: '1h', columns: 'air' },
    ],
    ['?url=http%3A%2F%2Fb%2Fc#from=now-2d&to=now%2B0s', { src: 'http://b/c', from: 'now-2d', to: 'now+0s' }],
    ['', {}],
  ])('is that of its address: %s', (address, attributes) => {
    const view = frameView(`http://pi:8080/sub/embed.html${address}`);
    expect(view.attributes).toEqual(attributes);
    expect(view.problems).toEqual([]);
    expect(view.full).toBe(new URL(`http://pi:8080/sub/${address}`).href);
  });

  it.each([
    ['?d=roof&colour=red&at=now', 'colour, at, which a frame does not know.'],
    ['?d=roof&colz=air', 'colz, which a frame does not know. Did you mean cols?'],
    ['?d=roof&theme=pink', 'theme=pink: expected dark or light.'],
    ['?d=roof&d=attic', 'd=attic besides roof: a frame shows one dataset.'],
  ])('says what it does not understand: %s', (address, problem) => {
    const { attributes, problems } = frameView(`http://pi/embed.html${address}`);
    expect(attributes).toEqual({ src: 'roof' });
    expect(problems).toEqual([`The address of this page says ${problem}`]);
  });
});
