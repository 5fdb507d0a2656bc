// Reads the examples of docs/clients.md, and runs them as a reader would.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import type { ToolName } from '../tools.ts';
import { type ProgramResult, run } from './programs.ts';
import { DAY, MINUTE, type Roof, temperatureAt } from './roof.ts';

/** Programs share the processor with other tests, and load large libraries. */
export const SECONDS = 60;

/** How a test checks the example of one section. */
export interface Check {
  readonly needs: readonly ToolName[];
  /** @param example as it stands on the page, with the address of the server and its days */
  readonly check: (example: string, roof: Roof) => Promise<void>;
}

/** The examples of the page, by the title of their section. */
export function examples(): ReadonlyMap<string, string> {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/clients.md'), 'utf8');
  const found = new Map<string, string>();
  for (const section of text.split(/^##+ /m).slice(1)) {
    const title = section.slice(0, section.indexOf('\n'));
    const blocks = [...section.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block = '']) => block);
    if (blocks.length > 1) throw new Error(`docs/clients.md: expected one example in ${title}`);
    if (blocks[0] !== undefined) found.set(title, blocks[0]);
  }
  return found;
}

/** Runs lines in a shell, in an empty folder. */
export async function shell(lines: string): Promise<string> {
  return succeeded(await run('/bin/sh', ['-c', `cd "$TMPDIR" && set -e\n${lines}`], SECONDS));
}

export function succeeded({ stdout, stderr, code }: ProgramResult): string {
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return stdout;
}

/** The first lines of a program that does not end, and when they came, in milliseconds. */
export async function firstLines(
  program: string,
  args: readonly string[],
  count: number,
): Promise<readonly { readonly line: string; readonly at: number }[]> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines: { line: string; at: number }[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (lines.push({ line, at: performance.now() }) === count) break;
  }
  child.kill();
  await once(child, 'close');
  return lines;
}

/** Expects that rows, of which two are made in a second, did not come all at once. */
export function expectLive(lines: readonly { readonly at: number }[]): void {
  const gaps = lines.slice(1).map(({ at }, index) => at - lines[index]!.at);
  expect(Math.max(...gaps)).toBeGreaterThan(200);
}

/** The numbers in a text. */
export function numbersIn(text: string): number[] {
  return [...text.matchAll(/(?<![\w.:-])-?\d+(\.\d+)?(e[+-]?\d+)?(?![\w:])/g)].map(([number]) =>
    Number(number),
  );
}

/** The temperatures of the day of the examples, a row a minute. */
export function temperatures(day: number): number[] {
  return Array.from({ length: DAY / MINUTE }, (_, row) => temperatureAt(day + row * MINUTE));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
