// Tests that the pictures of the wiring match the default pins of the kinds of sensors.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SENSOR_KINDS } from '../device/index.ts';

const ROOT = resolve(import.meta.dirname, '..');
const PICTURES = ['ads1115-tmp36.svg', 'ds18b20.svg', 'mcp3008-tmp36.svg'];

function picture(name: string): string {
  return readFileSync(join(ROOT, 'docs/wiring', name), 'utf8');
}

describe('the pictures of the wiring', () => {
  it('are generated from the kinds of sensors', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-wiring-'));
    try {
      execFileSync(process.execPath, [join(ROOT, 'scripts/wiring.mjs'), folder]);
      expect(readdirSync(folder).toSorted()).toEqual(PICTURES);
      expect(readdirSync(join(ROOT, 'docs/wiring')).toSorted()).toEqual(PICTURES);
      for (const name of PICTURES) {
        expect(picture(name), 'npm run docs').toBe(readFileSync(join(folder, name), 'utf8'));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lead to the default pins of an MCP3008', () => {
    const options = SENSOR_KINDS.find(({ name }) => name === 'mcp3008')!.options.parse({});
    // Places as on https://pinout.xyz: GPIO18 is at 12, GPIO23 at 16, GPIO24 at 18, GPIO25 at 22.
    expect(options).toMatchObject({ clock: 18, data_out: 23, data_in: 24, select: 25 });
    const words = /<desc[^>]*>(.*)<\/desc>/.exec(picture('mcp3008-tmp36.svg'))![1]!;
    for (const wire of [
      'GPIO18 (place 12) to MCP3008 CLK',
      'GPIO23 (place 16) to MCP3008 DOUT',
      'GPIO24 (place 18) to MCP3008 DIN',
      'GPIO25 (place 22) to MCP3008 CS',
    ]) {
      expect(words.split(/; |\.$/)).toContain(wire);
    }
  });
});
