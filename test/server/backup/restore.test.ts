import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../../server/config/read.ts';
import { backUp, home, restoreTo, temporary, treeOf, USERS, write } from './backups.ts';

it('restores a configuration with its drivers and secrets to another folder, under other names', async () => {
  const { folder, file } = home({ access: true });
  const before = treeOf(folder);
  const { archive, code, out, err } = await backUp(file, '--with-credentials');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/: 6 files of the configuration, no history, /);
  expect(treeOf(folder)).toEqual(before);
  expect(statSync(archive).mode & 0o777).toBe(0o600);

  const target = temporary();
  const main = join(target, 'etc/dapberry/config.yaml');
  const restored = await restoreTo(archive, main);
  expect(restored.code).toBe(0);
  const etc = join(target, 'etc/dapberry');
  expect(Object.keys(treeOf(etc))).toEqual([
    'config.d/roof.yaml',
    'config.yaml',
    'credentials/users',
    'drivers/far.js',
    'drivers/mine.js',
    'drivers/near.js',
  ]);
  expect(readFileSync(main, 'utf8')).toBe(
    `# My garden\nserver: { port: 8123 } # the port\naccess: { users: "${etc}/credentials/users" }\ndatasets:\n  bed:\n    sensors:\n      - driver: ./drivers/mine.js # beside it\n      - { name: far, driver: "./drivers/far.js" }\n`,
  );
  expect(readFileSync(join(etc, 'config.d/roof.yaml'), 'utf8')).toBe(
    'sensors: [{ driver: "../drivers/near.js" }]\n',
  );
  expect(readFileSync(join(etc, 'credentials/users'), 'utf8')).toBe(USERS);
  expect(statSync(join(etc, 'credentials/users')).mode & 0o777).toBe(0o600);
  const read = await readConfig(main, {}, { secrets: 'serve' });
  expect(read).toHaveProperty('config');

  // A second time, all of it is there.
  const again = await restoreTo(archive, main);
  expect(again.printed).toContain('all of it is here already: nothing was changed');
});

it('takes the files along by which the machine signs in at brokers and other servers', async () => {
  const folder = temporary();
  const file = join(folder, 'pi/garden.yaml');
  const secret = (name: string) => {
    write(join(folder, 'secrets', name), `${name}:x\n`, 0o600);
    return join(folder, 'secrets', name);
  };
  write(
    file,
    `publish:
  mqtt: { url: mqtts://broker.local, credentials: &login ${secret('login')}, ca: ${secret('ca.pem')}, certificate: ${secret('own.pem')}, key: ${secret('own.key')} }
  nats: { servers: tls://nats.local, credentials: ${secret('sink')}, ca: ${secret('nats.pem')} }
fleet: { nats: { servers: tls://nats.local, credentials: ${secret('fleet')} } }
datasets:
  bed:
    publish: { mqtt: { credentials: ${secret('bed')} }, nats: off }
    sensors:
      - { kind: mqtt, url: mqtts://broker.local, topic: bed/air, credentials: *login, ca: ${secret('sensor.pem')} }
  far: { source: { nats: { servers: tls://nats.local, credentials: ${secret('source')} } } }
`,
  );
  write(
    join(folder, 'pi/config.d/attic.yaml'),
    `source: { dap2: http://attic.local:8080/attic, credentials: ${secret('attic')} }\n`,
  );
  const names = readdirSync(join(folder, 'secrets')).sort();
  const { err } = await backUp(file);
  for (const name of names) expect(err).toContain(join(folder, 'secrets', name));

  const { archive } = await backUp(file, '--with-credentials');
  rmSync(join(folder, 'secrets'), { recursive: true });
  const main = join(temporary(), 'config.yaml');
  expect(await restoreTo(archive, main)).toMatchObject({ code: 0 });
  const kept = join(main, '../credentials');
  expect(readdirSync(kept).sort()).toEqual(names);
  const texts = [main, join(main, '../config.d/attic.yaml')].map(path => readFileSync(path, 'utf8')).join('');
  expect(texts).not.toContain(folder);
  expect(texts).toContain(`credentials: &login "${kept}/login"`);
  expect(texts).toContain('credentials: *login');
  for (const name of names) expect(texts).toContain(`"${kept}/${name}"`);
});

it('leaves files of secrets out by default, and says so', async () => {
  const { folder, file } = home({ access: true });
  const { archive, err } = await backUp(file);
  expect(err).toMatch(/without --with-credentials the backup leaves out \S+secrets\S+$/m);
  expect(statSync(archive).mode & 0o777).toBe(0o644);
  // Without its users, the server would not start with it.
  const main = join(temporary(), 'config.yaml');
  rmSync(join(folder, 'pi/secrets/users'));
  const refused = await restoreTo(archive, main);
  expect(refused).toMatchObject({ code: 1, printed: expect.stringContaining('access.users: expected') });
  write(join(folder, 'pi/secrets/users'), USERS, 0o600);
  expect(await restoreTo(archive, main)).toMatchObject({ code: 0 });
  expect(existsSync(join(main, '../credentials'))).toBe(false);
});

it('counts settings of dapberry pull with a password in the address as secret', async () => {
  const { file } = home();
  const folder = dirname(file);
  write(join(folder, 'pull/open.env'), 'ADDRESS=http://pi:8080/roof\nOUTPUT=a@b.csv\n');
  write(join(folder, 'pull/shut.env'), 'ADDRESS=anna:horse@pi:8080/roof\nOUTPUT=roof.csv\n');
  const { archive, err } = await backUp(file);
  const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' });
  expect(names).toContain('config/pull/open.env\n');
  expect(names).not.toContain('shut.env');
  expect(err).toContain(`the backup leaves out ${join(folder, 'pull/shut.env')}\n`);
});

it('makes an archive for its owner alone where a file in it is not for all users', async () => {
  const { file } = home();
  chmodSync(join(dirname(file), 'config.d/roof.yaml'), 0o640);
  const { archive } = await backUp(file);
  expect(statSync(archive).mode & 0o777).toBe(0o600);
});

it('keeps what was there beside it, and sets datasets aside that the backup does not have', async () => {
  const { file } = home();
  const { archive } = await backUp(file);
  const target = temporary();
  const main = join(target, 'config.yaml');
  write(main, 'simulate: true\n', 0o640);
  write(join(target, 'config.d/old.yaml'), 'sensors: [{ kind: tmp36-simulated }]\n');
  chmodSync(main, 0o640);
  const { code, printed } = await restoreTo(archive, main);
  expect(code).toBe(0);
  expect(printed).toContain('  - simulate: true\n');
  expect(printed).toContain('config.d/old.yaml is not in the backup, and is set aside');
  const files = treeOf(target);
  const [kept] = Object.keys(files).filter(name => name.startsWith('config.yaml.before-restore-'));
  expect(files[kept!]).toBe('640 simulate: true\n');
  expect(files['config.yaml']).toMatch(/^640 # My garden/);
  expect(files['config.d/old.yaml']).toBeUndefined();
  expect(Object.keys(files).some(name => name.startsWith('config.d/old.yaml.before-restore-'))).toBe(true);
  const read = await readConfig(main);
  if ('problems' in read) throw new Error(read.problems[0]!.found);
  expect(read.config.datasets.map(({ info }) => info.name)).toEqual(['bed', 'roof']);
});

it('says in one line that the starter is replaced, as it was shipped, and shows the changes of an edited one', async () => {
  const { file } = home();
  const { archive } = await backUp(file);
  const starter = readFileSync(new URL('../../../systemd/config.starter.yaml', import.meta.url), 'utf8');
  const main = join(temporary(), 'config.yaml');
  write(main, starter);
  const { code, printed } = await restoreTo(archive, main);
  expect(code).toBe(0);
  expect(printed).toContain(`${main} is the starter configuration as it was installed, and is replaced\n`);
  expect(printed).not.toMatch(/^ *- /m);
  const edited = join(temporary(), 'config.yaml');
  write(edited, starter.replace('8080', '8081'));
  expect((await restoreTo(archive, edited)).printed).toContain('  -   port: 8081\n');
});

it('asks on a terminal, and changes nothing without an agreement', async () => {
  const { file } = home();
  const { archive } = await backUp(file);
  const target = temporary();
  const main = join(target, 'config.yaml');
  const answers = ['what', 'x'];
  const refused = await restoreTo(archive, main, { isAgreed: false, ask: async () => answers.shift() });
  expect(refused).toMatchObject({ code: 1, printed: expect.stringContaining('config.yaml is new') });
  expect(answers).toEqual([]);
  await expect(restoreTo(archive, main, { isAgreed: false })).rejects.toThrow(/expected a terminal .*--yes/);
  expect(treeOf(target)).toEqual({});
  expect(await restoreTo(archive, main, { isAgreed: false, ask: async () => 'y' })).toMatchObject({
    code: 0,
  });
});

it('replaces no file that has come or has changed since the question', async () => {
  const { file } = home();
  const { archive } = await backUp(file);
  for (const before of [undefined, 'seed: 1\n']) {
    const main = join(temporary(), 'config.yaml');
    if (before !== undefined) write(main, before);
    const ask = async () => {
      write(main, 'seed: 2\n');
      return 'y';
    };
    await expect(restoreTo(archive, main, { isAgreed: false, ask })).rejects.toThrow(
      /config\.yaml: expected it as it was when the changes were shown, found it (created|changed) meanwhile; no file/,
    );
    expect(Object.keys(treeOf(join(main, '..')))).toEqual(['config.yaml']);
    expect(readFileSync(main, 'utf8')).toBe('seed: 2\n');
  }
});

it('refuses a configuration that has mistakes here, unless it is forced', async () => {
  const { file } = home();
  writeFileSync(file, readFileSync(file, 'utf8').replace('sensors', 'senors'));
  const { archive, code } = await backUp(file);
  expect(code).toBe(0);
  const target = temporary();
  const main = join(target, 'config.yaml');
  const refused = await restoreTo(archive, main);
  expect(refused.code).toBe(1);
  expect(refused.printed).toContain(`${main}:5:5: datasets.bed.senors: expected`);
  expect(treeOf(target)).toEqual({});
  expect(await restoreTo(archive, main, { isForced: true })).toMatchObject({ code: 0 });
  expect(readFileSync(main, 'utf8')).toContain('senors');
});

it('undoes all of it if a file cannot be written', async () => {
  const { file } = home();
  // Beside this name there is no room for that of a file that is being written.
  write(join(file, `../config.d/${'n'.repeat(245)}.yaml`), 'sensors: [{ kind: tmp36-simulated }]\n');
  const { archive } = await backUp(file);
  const target = temporary();
  write(join(target, 'drivers/mine.js'), 'before');
  write(join(target, 'config.d/old.yaml'), 'sensors: [{ kind: tmp36-simulated }]\n');
  const before = treeOf(target);
  await expect(restoreTo(archive, join(target, 'config.yaml'), { isForced: true })).rejects.toThrow(
    /ENAMETOOLONG/,
  );
  expect(treeOf(target)).toEqual(before);
  expect(existsSync(join(target, 'drivers/far.js'))).toBe(false);
});

it('says when the running server has taken the configuration over', async () => {
  const { file } = home();
  const { archive } = await backUp(file);
  const main = join(temporary(), 'config.yaml');
  const asked: number[] = [];
  const { printed } = await restoreTo(
    archive,
    main,
    {},
    {
      serverAt: async port => {
        asked.push(port);
        const configuration = {
          files: [main],
          since: Date.now() / 1000,
          problems: [],
          failed: [],
          inUse: 'current' as const,
        };
        return { name: 'dapberry/0.1.0', datasets: [], configuration };
      },
    },
  );
  expect(printed).toContain('it is live');
  expect(asked[0]).toBe(8123);
});
