// Starts nginx, Apache and Caddy with the blocks of docs/proxy.md, in front of a server of a test.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as nap } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import type { MadeCertificate } from '../server/tls/certificates.ts';
import { type ToolName, tools } from '../tools.ts';

export interface ProxyProgram {
  readonly tool: ToolName & ('nginx' | 'apache2' | 'caddy');
  /** Its heading in docs/proxy.md. */
  readonly heading: string;
  /** The whole configuration around the documented block. */
  readonly config: (block: string, port: number, folder: string, pair: MadeCertificate) => string;
  readonly args: (config: string, folder: string) => readonly string[];
}

const MODULES = '/usr/lib/apache2/modules';

export const PROXIES: readonly ProxyProgram[] = [
  {
    tool: 'nginx',
    heading: 'nginx',
    config: (block, port, folder, { certificate, key }) => {
      const [zone = '', ...lines] = block.split('\n');
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map(name => `${name}_temp_path ${folder}/${name};`)
        .join('\n');
      return `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http { access_log off; ${temporary}
${zone}
server { listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};
${lines.join('\n')} } }`;
    },
    args: (config, folder) => ['-p', folder, '-c', config, '-e', 'stderr'],
  },
  {
    tool: 'apache2',
    heading: 'Apache',
    config: (block, port, folder, { certificate, key }) => {
      const modules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'ssl'];
      return `${modules.map(name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/pid
Mutex file:${folder}
ErrorLog ${folder}/error.log
User nobody
Group nogroup
Listen 127.0.0.1:${port}
<VirtualHost *:${port}>
SSLEngine on
SSLCertificateFile ${certificate}
SSLCertificateKeyFile ${key}
${block}</VirtualHost>
`;
    },
    args: config => ['-f', config, '-X'],
  },
  {
    tool: 'caddy',
    heading: 'Caddy',
    config: (block, port, folder, { certificate, key }) =>
      `{\nadmin off\nstorage file_system ${folder}\nauto_https off\n}\n${block.replace(
        'pi.example.org {',
        `https://localhost:${port}, https://127.0.0.1:${port} {\nbind 127.0.0.1\ntls ${certificate} ${key}`,
      )}`,
    args: config => ['run', '--adapter', 'caddyfile', '--config', config],
  },
];

/** The first block below a heading of docs/proxy.md, with the port of the server. */
export function documentedBlock(heading: string, port: number): string {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/proxy.md'), 'utf8');
  const [, block] = new RegExp(`## ${heading}\n[\\s\\S]*?\`\`\`\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  if (block === undefined) throw new Error(`expected a block below ${heading}, found none`);
  return block.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
}

export class RunningProxy {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ca: string;

  private constructor(port: number, child: ChildProcess, folder: string, ca: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
    this.#ca = ca;
  }

  static async start(
    { tool, heading, config, args }: ProxyProgram,
    port: number,
    pair: MadeCertificate,
  ): Promise<RunningProxy> {
    const folder = mkdtempSync(join(tmpdir(), `dapberry-${tool}-`));
    const own = await freePort();
    const file = join(folder, 'proxy.conf');
    writeFileSync(file, config(documentedBlock(heading, port), own, folder, pair));
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const child = spawn(tools[tool]!, [...args(file, folder)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', text => {
      said += text;
    });
    const proxy = new RunningProxy(own, child, folder, pair.cert);
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${tool} ended:\n${said}`);
      const status = await proxy.ask('/sensors/health').then(
        answer => answer.status,
        () => 0,
      );
      if (status === 200) return proxy;
      await nap(50);
    }
  }

  ask(path: string, headers: Record<string, string> = {}): Promise<ProxyAnswer> {
    return new Promise((resolve, reject) => {
      const place = { host: '127.0.0.1', port: this.port, servername: 'localhost', ca: this.#ca };
      get({ ...place, path, headers, agent: false }, async response => {
        let body = '';
        for await (const part of response) body += part;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      }).once('error', reject);
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'close');
    }
    rmSync(this.#folder, { recursive: true });
  }
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
