import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../../serving.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 1 });
});
afterAll(() => server.close());

it.each([
  ['.asc?header=names', '; "header" is an option of .csv, not of .asc'],
  ['.events?header=names', '; "header" is an option of .csv, not of .events'],
  ['.csv?headers=names', '; did you mean the option "header"?'],
  ['.csv?header=', '; option "header": expected one of units, names, found nothing'],
  ['.csv?temperature=warm', ''],
])('a query that cannot be read says which option may be meant: %s', async (path, hint) => {
  const answer = await fetch(`${server.url}/roberrypi${path}`);
  const text = await answer.text();
  expect(answer.status).toBe(400);
  const [, sentence = ''] = /message = "(.*)";/.exec(text)?.map(part => part.replaceAll('\\"', '"')) ?? [];
  expect(sentence).toMatch(/^constraint "/);
  expect(sentence.endsWith(hint)).toBe(true);
  if (hint === '') expect(sentence).not.toContain('option');
});
