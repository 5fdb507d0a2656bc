import { describe, expect, it } from 'vitest';
import { createLogger, type LogStyle } from '../../../../server/run/logging/logger.ts';

function linesOf(style: LogStyle, log: (logger: ReturnType<typeof createLogger>) => void): readonly string[] {
  let text = '';
  log(
    createLogger(style, {
      write: (line: string) => {
        text += line;
      },
    }),
  );
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

const failing = (error: string) => (logger: ReturnType<typeof createLogger>) =>
  logger.warn({ dataset: 'garden', sensor: 'air', error }, `sensor air fails: ${error}`);

describe('a line of the log', () => {
  it('tells an error once to a person and to the journal', () => {
    expect(linesOf('journal', failing('no wire'))).toEqual([
      '<4>sensor air fails: no wire {"dataset":"garden","sensor":"air"}',
    ]);
    const [line, ...others] = linesOf('terminal', failing('no wire'));
    expect(others).toEqual([]);
    expect(line).toContain('sensor air fails: no wire');
    expect(line?.split('no wire')).toHaveLength(2);
  });

  it('has an error as a field for programs', () => {
    const [line = ''] = linesOf('json', failing('no wire'));
    expect(JSON.parse(line)).toMatchObject({ error: 'no wire', msg: 'sensor air fails: no wire' });
  });

  it('is one line of the journal, without line breaks that are spelled out, also for an error with a stack', () => {
    const lines = linesOf('journal', logger =>
      logger.error({ err: new Error('no wire\nat all') }, 'it failed'),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^<3>it failed \(Error: no wire \| at all \| at .*logger\.test\.ts:\d+:\d+\)/);
    expect(lines[0]).not.toContain('\\n    ');
    const told = linesOf('journal', logger =>
      logger.error({ err: new Error('no wire') }, 'it failed: no wire'),
    );
    expect(told[0]).toMatch(/^<3>it failed: no wire \(at /);
    const [text] = linesOf('journal', failing('no wire\n    at all'));
    expect(text).toBe('<4>sensor air fails: no wire | at all {"dataset":"garden","sensor":"air"}');
  });
});
