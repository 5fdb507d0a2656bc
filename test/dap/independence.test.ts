// Runs `dap/` in a JavaScript context without Node, the DOM, packages and the rest of this project.

import { runInNewContext } from 'node:vm';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf, ROOT } from '../sources.ts';

const files = filesBelow('dap').filter(file => file.endsWith('.ts'));

/** The globals of both Node 20 and browsers, besides the language itself; `dap/` may use no others. */
const SHARED = {
  AbortController,
  AbortSignal,
  clearTimeout,
  DOMException,
  Event,
  EventTarget,
  fetch,
  Headers,
  performance,
  queueMicrotask,
  ReadableStream,
  Request,
  Response,
  setTimeout,
  structuredClone,
  TextDecoder,
  TextEncoder,
  TransformStream,
  URL,
  URLSearchParams,
  WritableStream,
};

describe('dap/', () => {
  it('imports nothing but its own files', () => {
    const outside = files.flatMap(file =>
      importsOf(file)
        .filter(found => found.kind !== 'file' || !found.path.startsWith('dap/'))
        .map(found => ({ file, ...found })),
    );
    expect(outside).toEqual([]);
  });

  it('loads with only the globals that browsers and Node share', async () => {
    const bundle = (await build({
      configFile: false,
      root: ROOT,
      logLevel: 'silent',
      build: {
        write: false,
        minify: false,
        lib: { entry: 'dap/index.ts', formats: ['iife'], name: 'dap' },
      },
    })) as Rolldown.RolldownOutput[];
    const [chunk, ...more] = bundle.flatMap(({ output }) => output);
    if (chunk?.type !== 'chunk' || more.length > 0) throw new Error('expected one script');
    expect(chunk.imports).toEqual([]);
    const exported = runInNewContext(`${chunk.code}; dap`, { ...SHARED }) as Record<string, unknown>;
    expect(Object.keys(exported)).toEqual(Object.keys(await import('../../dap/index.ts')).sort());
  });
});
