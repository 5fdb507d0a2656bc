import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as dap from '../../dap/index.ts';
import { CHROMIUM_ARGS } from '../chromium.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, tools } from '../tools.ts';

/** The files that `npm run build` makes of dap/: `dapberry/dap` gives them to Node and to browsers. */
const BUILT = resolve(import.meta.dirname, '../../dist/dap');

/** A page that holds nothing but the module. */
const PAGE =
  '<!doctype html><title>dap</title><script type="module">import * as dap from "./index.js"; globalThis.dap = dap;</script>';

/** Serves `dist/dap` and a page that loads it. */
function fileServer(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(PAGE);
    try {
      const file = await readFile(resolve(BUILT, `.${path}`));
      return response.setHeader('Content-Type', 'text/javascript').end(file);
    } catch {
      return response.writeHead(404).end();
    }
  });
  return new Promise(done => server.listen(0, '127.0.0.1', () => done(server)));
}

/**
 * The steps in Node and in the browser. The function depends only on the module, so that the browser can run its text. The result
 * is plain, so that it can be compared.
 */
async function tryOut(module: typeof dap, url: string, encoded: number[]) {
  const plain = (value: unknown): unknown =>
    ArrayBuffer.isView(value)
      ? [value.constructor.name, ...(value as Float64Array)].map(String)
      : Array.isArray(value)
        ? value.map(plain)
        : typeof value === 'object' && value !== null
          ? Object.entries(value).map(([key, inside]) => [key, plain(inside)])
          : value;
  const decoder = new module.Decoder();
  const parts: unknown[] = [];
  for (const byte of encoded) parts.push(...decoder.push(Uint8Array.of(byte)).map(plain));
  parts.push(...decoder.finish().map(plain));

  const { dataset, attributes } = await module.describe(url);
  const constraint = module.encodeConstraint(
    module.parseConstraint('sensor.time,sensor.temperature&time>=1000000000&time<1000000050'),
  );
  let length = 0;
  let sum = 0;
  for await (const rows of module.follow(`${url}?${constraint}`)) {
    length += rows.length;
    for (const value of rows.columns[1] as Float64Array) sum += value;
  }
  const refusal = await module.describe(`${url}?sensor.nothing`).then(
    () => 'no refusal',
    (error: Error) => `${error.name}: ${error.message}`,
  );
  return JSON.stringify([
    parts,
    module.printDds(dataset),
    module.printDas(attributes),
    { length, sum },
    refusal,
  ]);
}

/** A dataset with a bit of everything, as bytes. */
function everything(): number[] {
  const dataset = dap.parseDds(`Dataset {
    Byte flags[5];
    String names[2];
    Structure { Int16 a; UInt32 b; } pair;
    Grid { Array: Float32 f[y = 2][x = 2]; Maps: Float64 y[y = 2]; Float64 x[x = 2]; } f;
    Sequence { Float64 t; String s; Sequence { Int32 n; } inner; } rows;
  } everything;`);
  const values: dap.Value[] = [
    Uint8Array.of(1, 2, 3, 254, 255),
    ['grüße', ''],
    [-7, 4_000_000_000],
    [Float32Array.of(1, 2, 3, 0.1), Float64Array.of(1, 2), Float64Array.of(3, 4)],
    {
      length: 2,
      columns: [
        Float64Array.of(Number.NaN, 1e300),
        ['one', 'two'],
        [
          { length: 1, columns: [Int32Array.of(-1)] },
          { length: 0, columns: [new Int32Array(0)] },
        ],
      ],
    },
  ];
  const bytes = [
    dap.encodeHeader(dataset),
    ...dataset.variables.map((variable, i) => dap.encodeValue(variable, values[i]!)),
  ];
  return bytes.flatMap(piece => [...piece]);
}

describeWith('chromium', 'dapberry/dap', () => {
  let files: Server;
  let server: Serving;
  let browser: Browser;

  beforeAll(async () => {
    [files, server, browser] = await Promise.all([
      fileServer(),
      serving({ interval: 0 }),
      chromium.launch({ executablePath: tools.chromium!, args: CHROMIUM_ARGS }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    files?.close();
  });

  it('does the same in a browser, from another origin, as in Node', async () => {
    const url = `${server.url}/roberrypi`;
    const bytes = everything();
    const inNode = await tryOut(dap, url, bytes);
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.dap');
    const call = `(${tryOut})(globalThis.dap, ${JSON.stringify(url)}, ${JSON.stringify(bytes)})`;
    const inBrowser = await page.evaluate<string>(call);
    expect(JSON.parse(inBrowser)).toEqual(JSON.parse(inNode));
    expect(inNode).toContain('"length":50');
    expect(inNode).toContain('DapError');
  });
});
