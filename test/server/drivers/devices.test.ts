import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverText, PATIENCE, Site } from './command.ts';

let site: Site;
beforeEach(() => {
  site = new Site();
  site.write(
    'config.yaml',
    'datasets:\n  lab: {sensors: [{driver: ./mine.js}, {kind: lm75}, {kind: gpio-input, pin: 4}]}\n',
  );
});
afterEach(() => site.dispose());

const list = () => readFileSync(site.path('list'), 'utf8');
const devices = () => site.run(['devices', '--config', 'config.yaml', '--output', 'list']);

describe('dapberry devices --output', PATIENCE, () => {
  it('writes what is needed into the file with its end, and nothing that a driver prints', async () => {
    site.write(
      'mine.js',
      `import fs from 'node:fs';
      console.log('/dev/mem rw');
      for (let fd = 1; fd < 40; fd++) try { fs.writeSync(fd, '/dev/mem rw\\n') } catch {}
      ${driverText({ needs: "['i2c']" })}`,
    );
    const { code } = await devices();
    expect([code, list()]).toEqual([0, 'char-gpiochip rw\nchar-i2c rw\nend\n']);
  });

  it('leaves no list where a driver ends the program', async () => {
    site.write('mine.js', `process.exit(0);\n${driverText()}`);
    const { code, err } = await devices();
    expect(code).toBe(2);
    expect(err).toContain('expected a driver that can be loaded, found one that ends the program');
    expect(existsSync(site.path('list'))).toBe(false);
  });

  it('leaves no list where the configuration is wrong', async () => {
    expect((await devices()).code).toBe(2);
    expect(existsSync(site.path('list'))).toBe(false);
  });

  it('leaves a file alone that is there', async () => {
    writeFileSync(site.path('list'), 'precious');
    site.write('mine.js', driverText());
    const { code, err } = await devices();
    expect([code, list()]).toEqual([2, 'precious']);
    expect(err).toContain('--output: expected the name of a new file, found list, which exists already');
  });
});

describe('a driver that ends the program while it is loaded', PATIENCE, () => {
  it.each([
    ['at once', `process.exit(0);\n${driverText()}`],
    ['later', `await new Promise(done => setTimeout(done, 10)); process.exit();\n${driverText()}`],
    ['in its function', 'export default () => process.exit(0);\n'],
  ])('makes the configuration wrong: %s', async (_, text) => {
    site.write('mine.js', text);
    const problem = 'found one that ends the program (process.exit); remove that call from the driver';
    const { code, err } = await site.run(['check', '--config', 'config.yaml']);
    expect(code).toBe(2);
    expect(err).toContain(problem);
    expect(await site.serveUntil('the configuration is wrong')).toContain(problem);
  });
});
