// Reads as much as possible from servers with wrong answers, and gives the reason for the rest in a sentence.

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { describe as describeDataset, follow, read } from '../../../dap/client/index.ts';
import { attributeTable, attributeText } from '../../../dap/model/attributes.ts';
import { all, States } from './collect.ts';
import { answering } from './opened.ts';
import { END, head, rowBytes } from './station.ts';

type Answer = (response: ServerResponse) => void;

/** The address of a dataset with the given answers. */
async function serving(answers: Partial<Record<'dds' | 'das' | 'dods', Answer>>): Promise<string> {
  const server = await answering((request, response) => {
    const suffix = /\.(dds|das|dods)/.exec(request.url ?? '')?.[1] as 'dds' | 'das' | 'dods';
    const answer = answers[suffix];
    if (answer !== undefined) answer(response);
    else if (suffix === 'dds') response.end(head());
    else if (suffix === 'das') response.end('Attributes {\n}\n');
    else response.end(Buffer.concat([Buffer.from(`${head()}Data:\n`), rowBytes([1, 20]), END]));
  });
  return `${server.origin}/x`;
}

const das = (attributes: string): string =>
  `Attributes {\n  sensor {\n    temperature {\n${attributes}\n    }\n  }\n}\n`;

const LOGIN = '<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><form></form></body></html>\n';
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const SAID = 'answered with a web page (HTML), not a DAP2 response: is a login needed?';

const unitsOf = ({ attributes }: Awaited<ReturnType<typeof describeDataset>>): string | undefined =>
  attributeText(attributeTable(attributes, 'sensor', 'temperature'), 'units');

describe('a bad DAS', () => {
  it.each<[string, Answer, RegExp]>([
    ['of status 500', r => r.writeHead(500).end('oops'), /x\.das: expected HTTP status 200, found 500$/],
    ['of status 404', r => r.writeHead(404).end('<html>'), /x\.das: expected HTTP status 200, found 404$/],
    ['of status 503', r => r.writeHead(503, { 'Retry-After': '1' }).end(), /found 503$/],
    [
      'that is an Error object',
      r => r.end('Error { code = 3; message = "no \u00e9 here"; };'),
      /x\.das: no é here$/,
    ],
    ['that is empty', r => r.end(), /x\.das: expected a DAS, found an empty answer$/],
    [
      'that is a web page',
      r => r.writeHead(200, HTML).end(LOGIN),
      /x\.das: answered with a web page \(HTML\)/,
    ],
    [
      'that is something else',
      r => r.end('{"a": 1}'),
      /x\.das: DAS, line 1, column 1: expected "Attributes"/,
    ],
    ['that breaks off', r => r.write('Attrib', () => r.destroy()), /x\.das: /],
    ['whose connection breaks', r => r.destroy(), /x\.das: /],
    ['without end', r => r.write(' '.repeat(100)), /x\.das: no byte for 1 s$/],
    [
      'of more bytes than are read',
      r => {
        const more = (): void => void r.write(' '.repeat(2 ** 20), error => error ?? more());
        more();
      },
      /x\.das: expected a response of at most 8388608 bytes, found more$/,
    ],
  ])('%s loses only the attributes, and is reported as the problem', async (_, answer, problem) => {
    const url = await serving({ das: answer });
    // On a busy machine every answer may be slow to begin with.
    const silence = problem.source.includes('no byte') ? 1 : 30;
    const described = await describeDataset(url, { silence });
    expect(described.dataset.variables[0]).toMatchObject({ type: 'Sequence', name: 'sensor' });
    expect(described.attributes.size).toBe(0);
    expect(described.problem).toMatch(problem);
    expect(described.problem).toContain(`${url}.das: `);
  });

  it('that is broken in one place gives the attributes of the other places', async () => {
    const text = das('String comment "an "old" one";\nString units "degC";'.replaceAll(/^/gm, '      '));
    const described = await describeDataset(await serving({ das: r => r.end(text) }));
    expect(unitsOf(described)).toBe('degC');
    expect(described.problem).toMatch(/x\.das: DAS, line 4, column 27: expected ";", found "old/);
  });

  it('that never ends gives its complete attributes', async () => {
    const text = das('      String units "degC";\n');
    const url = await serving({ das: r => r.write(text.slice(0, text.indexOf(';') + 5)) });
    const described = await describeDataset(url, { silence: 1 });
    expect(unitsOf(described)).toBe('degC');
    expect(described.problem).toMatch(/no byte for 1 s/);
  });

  it('is reported only if it is bad', async () => {
    expect((await describeDataset(await serving({}))).problem).toBeUndefined();
  });

  it('is no longer waited for once the signal aborts', async () => {
    const stop = new AbortController();
    const url = await serving({ das: () => stop.abort(new Error('enough')) });
    await expect(describeDataset(url, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('the text of a DDS or a DAS', () => {
  it.each<[string, string | undefined, Buffer]>([
    ['ISO-8859-1 as its header says', 'text/plain; charset=ISO-8859-1', Buffer.from('°C Größe', 'latin1')],
    ['ISO-8859-1 without a word', 'text/plain', Buffer.from('°C Größe', 'latin1')],
    ['ISO-8859-1 that is called UTF-8', 'text/plain;charset="utf-8"', Buffer.from('°C Größe', 'latin1')],
    ['UTF-8 without a header', undefined, Buffer.from('°C Größe')],
    ['a character set that nobody knows', 'text/plain; charset=klingon', Buffer.from('°C Größe')],
    ['windows-1250', 'text/plain; charset=windows-1250', Buffer.from('°C Größe', 'latin1')],
  ])('in %s is decoded correctly', async (_, type, units) => {
    const answer =
      (text: string): Answer =>
      response => {
        const [before = '', after = ''] = text.split('UNITS');
        response.writeHead(200, type === undefined ? {} : { 'Content-Type': type });
        response.end(Buffer.concat([Buffer.from(before), units, Buffer.from(after)]));
      };
    const url = await serving({
      das: answer(das('String units "UNITS";')),
      dods: answer('Error { code = 4; message = "UNITS"; };'),
    });
    expect(unitsOf(await describeDataset(url))).toBe('°C Größe');
    // A decoder knows no header: UTF-8, or else ISO-8859-1.
    await expect(read(url)).rejects.toThrow('°C Größe');
  });

  it('may begin with a byte order mark, and have names that are not ASCII', async () => {
    const dds = head().replaceAll('temperature', 'Größe');
    const url = await serving({
      dds: r =>
        r
          .writeHead(200, { 'Content-Type': 'text/plain; charset=iso-8859-1' })
          .end(Buffer.from(dds, 'latin1')),
      das: r => r.end(`\u{feff}${das('String units "K";')}`),
    });
    const described = await describeDataset(url);
    expect(described.dataset.variables[0]).toMatchObject({ fields: [{}, { name: 'Größe' }] });
    expect(unitsOf(described)).toBe('K');
  });
});

describe('a login page', () => {
  const login: Answer = response => void response.writeHead(200, HTML).end(LOGIN);

  it('in place of the DDS is named in the error', async () => {
    const url = await serving({ dds: login });
    await expect(describeDataset(url)).rejects.toThrow(`${url}.dds: ${SAID}`);
  });

  it('in place of the data is named in the errors of read and follow', async () => {
    const url = await serving({ dods: login });
    await expect(read(url)).rejects.toThrow(`${url}.dods: ${SAID}`);
    await expect(all(follow(url))).rejects.toThrow(`${url}.dods: ${SAID}`);
  });

  it('is recognised without a Content-Type, after comments, and without an end', async () => {
    const page = `\u{feff}<?xml version="1.0"?>\n<!-- portal -->\n<HTML lang="de">\n${'<p>'.repeat(50)}`;
    const url = await serving({ dods: response => void response.write(page) });
    await expect(all(follow(url))).rejects.toThrow(SAID);
    await expect(read(await serving({ dods: response => void response.end(page) }))).rejects.toThrow(SAID);
  });

  it('that the server redirects to is named in the error', async () => {
    const server = await answering((request, response) => {
      if (request.url === '/login') login(response);
      else response.writeHead(302, { Location: '/login' }).end();
    });
    await expect(describeDataset(`${server.origin}/x`)).rejects.toThrow(SAID);
    await expect(all(follow(`${server.origin}/x`))).rejects.toThrow(SAID);
  });
});

describe('an Error object in the middle of the data', () => {
  const broken: Answer = response =>
    void response.end(
      Buffer.concat([
        Buffer.from(`${head()}Data:\n`),
        rowBytes([1, 20]),
        rowBytes([2, 21]),
        Buffer.from('Error {\n    code = 500;\n    message = "the disk is gone";\n};\n'),
      ]),
    );

  it('makes read throw the message of the server', async () => {
    const url = await serving({ dods: broken });
    await expect(read(url)).rejects.toThrow(`${url}.dods: the disk is gone`);
  });

  it('makes follow give the rows before it, try once more, and throw the message of the server', async () => {
    const states = new States();
    const rows: number[][] = [];
    const url = await serving({ dods: broken });
    const batches = follow(url, { onState: states.onState, retry: { base: 0 } });
    await expect(
      (async () => {
        for await (const batch of batches) rows.push(Array.from(batch.columns[0] as Float64Array));
      })(),
    ).rejects.toThrow('the disk is gone');
    expect(rows).toEqual([[1, 2]]);
    const reconnecting = states.seen.find(({ state }) => state === 'reconnecting');
    expect(reconnecting).toMatchObject({ reason: expect.stringContaining('the disk is gone') });
  });
});
