import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { describeDataset } from '../../../web/stream/describe.ts';
import { otherDescription } from '../../../web/stream/describe-again.ts';

const DDS = 'Dataset { Sequence { Float64 time; Int32 door; } s; } d;';
const WORDS = 'Int32 flag_values 0, 1; String flag_meanings "closed open";';
const MARKS = 'Int32 _FillValue -1; Int32 valid_range 0, 5;';

const dasOf = (door: string) =>
  `Attributes { s { time { String units "seconds since 1970-01-01"; } door { ${door} } } }`;

const address = { base: 'http://pi/d', constraint: '' };
const known = (door: string) => describeDataset(parseDds(DDS), parseDas(dasOf(door)));

/** The server describes the column `door` so from now on. */
function serverSays(door: string): void {
  vi.stubGlobal('fetch', async (url: string) => new Response(url.endsWith('.das') ? dasOf(door) : DDS));
}

afterEach(() => vi.unstubAllGlobals());

describe('the description of a dataset that is asked for again', () => {
  it('is no other one where nothing has changed', async () => {
    serverSays(`${WORDS} ${MARKS}`);
    expect(await otherDescription(address, known(`${WORDS} ${MARKS}`))).toBeUndefined();
  });

  it.each([
    ['words of states', WORDS.replace('closed open', 'open closed'), MARKS],
    ['a missing value', WORDS, MARKS.replace('-1', '-2')],
    ['a valid range', WORDS, MARKS.replace('5', '6')],
    ['units', `${WORDS} String units "m";`, MARKS],
  ])('is another one with other %s', async (_what, words, marks) => {
    serverSays(`${words} ${marks}`);
    const other = await otherDescription(address, known(`${WORDS} ${MARKS}`));
    expect(other?.columns.map(({ name }) => name)).toEqual(['door']);
  });
});
