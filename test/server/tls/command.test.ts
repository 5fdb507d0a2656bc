import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { serverAt } from '../../../server/machine/answering-server.ts';
import { describeWith } from '../../tools.ts';
import { CertificateFolder, type MadeCertificate } from './certificates.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const COMMAND = join(ROOT, 'dist/server/main.js');
const POLL = { timeout: 20_000, interval: 100 };

describeWith(['openssl', 'curl'], 'the command with server.tls', () => {
  let folder: CertificateFolder;
  let pair: MadeCertificate;
  let child: ChildProcess | undefined;
  let log = '';
  beforeAll(() => {
    folder = new CertificateFolder();
    pair = folder.make('pair');
  });
  afterEach(async () => {
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
  afterAll(() => folder.remove());

  const run = (program: string, args: readonly string[], env: Record<string, string> = {}) =>
    new Promise<{ code: number; stdout: string; stderr: string }>(done => {
      const options = { timeout: 30_000, env: { ...process.env, ...env } };
      execFile(program, [...args], options, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  const command = (args: readonly string[], env = {}) => run(process.execPath, [COMMAND, ...args], env);

  const config = () => folder.file('config.yaml');
  function configure(certificate: string, key: string): void {
    writeFileSync(
      config(),
      `server: { tls: { certificate: ${certificate}, key: ${key} } }\ndatasets:\n  roof: { interval: 0.05, sensors: [{ kind: waveform }] }\n`,
    );
  }

  async function serve(env = {}): Promise<string> {
    log = '';
    const args = ['serve', '--config', config(), '--host', '127.0.0.1', '--port', '0'];
    child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, ...env } });
    child.stderr!.setEncoding('utf8').on('data', text => {
      log += text;
    });
    for await (const line of createInterface(child.stdout!)) {
      log += `${line}\n`;
      const found = /live page +(http\S+)/.exec(line)?.[1];
      if (found !== undefined) {
        child.stdout!.setEncoding('utf8').on('data', text => {
          log += text;
        });
        return found;
      }
    }
    throw new Error(`the command ended before it printed an address:\n${log}`);
  }

  it('serves https with a certificate that was made as docs/tls.md says', async () => {
    const text = readFileSync(join(ROOT, 'docs/tls.md'), 'utf8');
    const [, block = ''] = /```sh\nsudo install([\s\S]*?)```/.exec(text) ?? [];
    const [, made = ''] = /sudo (openssl req[\s\S]*?-out \S+)/.exec(block) ?? [];
    const here = made.replaceAll('/etc/dapberry/tls', folder.path).replaceAll('\\\n', ' ');
    expect((await run('sh', ['-c', here])).code).toBe(0);
    await run('chmod', ['640', folder.file('key.pem')]);
    configure(folder.file('certificate.pem'), folder.file('key.pem'));
    const address = await serve();
    expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
    const trusting = { NODE_EXTRA_CA_CERTS: folder.file('certificate.pem') };
    const curl = await run('curl', ['-s', '--cacert', folder.file('certificate.pem'), `${address}roof.dds`]);
    expect(curl.stdout).toContain('Sequence');
    const pulled = await command(['pull', `${address}roof`, '--rows', '2', '--quiet'], trusting);
    expect([pulled.code, pulled.stdout.trim().split('\n').length]).toEqual([0, 3]);
    const refused = await command(['pull', `${address}roof`, '--rows', '2', '--quiet']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('its certificate is not trusted');
    // The doctor and the health check of an installation know no certificate.
    const { port } = new URL(address);
    expect(await serverAt(Number(port), '127.0.0.1')).toMatchObject({
      datasets: [{ name: 'roof' }],
      certificate: { state: 'valid' },
    });
    const doctor = await command(['doctor', '--config', config(), '--host', '127.0.0.1', '--port', port]);
    expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /ok certificate the running server: expires in 3\d+ days/,
    );
    const install = readFileSync(join(ROOT, 'systemd/install/health.sh'), 'utf8');
    const [, answers = ''] = /^(answers\(\) \{[\s\S]*?^\})/m.exec(install) ?? [];
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    for (const [expected, code] of [
      [version, 0],
      ['99.0.0', 1],
    ]) {
      const asked = await run('bash', ['-c', `${answers}\nanswers "$1"`, 'bash', address], {
        VERSION: expected,
      });
      expect([expected, asked.code]).toEqual([expected, code]);
    }
  });

  it('keeps the pair that works while the files are replaced by the hook of docs/tls.md, and says what is wrong', async () => {
    const [certificate, key] = [folder.file('now.crt'), folder.file('now.key')];
    copyFileSync(pair.certificate, certificate);
    copyFileSync(pair.key, key);
    configure(certificate, key);
    const address = await serve();
    const { port } = new URL(address);
    const told = async () => (await serverAt(Number(port), '127.0.0.1'))?.certificate;
    const other = folder.make('privkey', 10);
    copyFileSync(other.certificate, certificate);
    await expect.poll(async () => (await told())?.problem, POLL).toContain('found another one');
    expect(log).toContain('the certificate is wrong, and the former pair stays in use: server.tls.key');
    const ask = (ca: string) => run('curl', ['-s', '--cacert', ca, `${address}roof.dds`]);
    expect((await ask(pair.certificate)).code).toBe(0);
    copyFileSync(other.certificate, folder.file('fullchain.pem'));
    copyFileSync(other.key, folder.file('privkey.pem'));
    const [, hook = ''] =
      /```sh\n(#!\/bin\/sh -e\n[\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/tls.md'), 'utf8')) ?? [];
    const here = hook
      .replace('/etc/dapberry/tls/certificate.pem', certificate)
      .replace('/etc/dapberry/tls/key.pem', key)
      .replace('-g dapberry ', '');
    expect((await run('sh', ['-ec', here], { RENEWED_LINEAGE: folder.path })).code).toBe(0);
    await expect.poll(told, POLL).toMatchObject({ state: 'expiring' });
    await expect.poll(async () => (await told())?.problem, POLL).toBeUndefined();
    expect((await ask(other.certificate)).code).toBe(0);
    expect(log).toContain('the certificate expires in 9 days');
    const secret = readFileSync(key, 'utf8').split('\n')[1]!;
    expect(log).not.toContain(secret);
  });

  it('lets nobody in without a right pair, and by credentials of its service', async () => {
    configure('pair.crt', 'pair.key');
    const checked = await command(['check', '--config', config()]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain('server.tls is not checked');
    expect(checked.stdout).toContain('https://');
    const closed = await serve();
    expect(log).toContain('the certificate is wrong, and no client can connect');
    const ask = (address: string) => run('curl', ['-s', '--cacert', pair.certificate, `${address}roof.dds`]);
    expect((await ask(closed)).code).not.toBe(0);
    child!.kill('SIGKILL');
    await once(child!, 'close');
    const open = await serve({ CREDENTIALS_DIRECTORY: folder.path });
    expect((await ask(open)).stdout).toContain('Sequence');
  });
});
