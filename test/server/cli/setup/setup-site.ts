// A person who answers the questions of `dapberry setup` on a machine with sensors, for tests.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedI2c, simulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { oneWire } from '../../../../device/host/one-wire.ts';
import { setUp } from '../../../../server/cli/setup/setup.ts';
import { loadConfig } from '../../../../server/config/load.ts';
import { problemLine } from '../../../../server/config/text/problem.ts';
import { type Machine, thisMachine } from '../../../../server/machine/machine.ts';
import { hostOf } from '../../../device/known-sensors.ts';
import { type KernelTree, kernelTree } from '../../../device/sensors/kernel-tree.ts';
import { ATTACHED } from './attached.ts';

export interface Setting {
  readonly texts?: Readonly<Record<string, string>>;
  readonly i2c?: readonly SimulatedI2c[];
  readonly machine?: Partial<Machine>;
  readonly passwords?: readonly (string | Error)[];
  readonly edits?: readonly string[];
  /** The file of --output. */
  readonly output?: string;
}

export class SetupSite {
  readonly folder = mkdtempSync(join(tmpdir(), 'dapberry-setup-test-'));
  file = join(this.folder, 'config.yaml');
  printed = '';
  tree: KernelTree | undefined;

  async dispose(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    await this.tree?.dispose();
  }

  /** Answers the questions in their order; where no answer is left, the input has ended. */
  async answering(answers: readonly string[], setting: Setting = {}): Promise<number> {
    const { texts = ATTACHED, i2c = [], machine = {}, passwords = [], edits = [], output } = setting;
    this.tree = await kernelTree(texts);
    const { files } = this.tree;
    const [left, secrets, written] = [[...answers], [...passwords], [...edits]];
    this.printed = '';
    return setUp({
      machine: {
        ...thisMachine(),
        files,
        host: seed => {
          const host = hostOf({ files, seed });
          const { clock, buses } = host;
          const { serial } = buses;
          return {
            ...host,
            i2c: simulatedI2c(i2c, { clock, serial }),
            oneWire: oneWire({ files, serial, clock }),
          };
        },
        configuration: { usual: this.file, environment: {} },
        addresses: ['192.0.2.17'],
        serverAt: async () => undefined,
        listenError: async () => undefined,
        ...machine,
      },
      file: output,
      networks: ['192.0.2.0/24'],
      terminal: {
        print: text => {
          this.printed += text;
        },
        ask: async question => {
          this.printed += question;
          const answer = left.shift();
          this.printed += `${answer}\n`;
          return answer;
        },
        askPassword: async () => {
          const secret = secrets.shift();
          if (secret instanceof Error) throw secret;
          return secret;
        },
        edit: async () => written.shift() ?? '',
      },
    });
  }

  saved(): string {
    return readFileSync(this.file, 'utf8');
  }

  served() {
    const loaded = loadConfig([{ name: this.file, content: this.saved() }], { historyPath: '/history' });
    if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
    return loaded.config;
  }
}
