// Files of the kernel that fail as drivers, permissions and wires make them fail.

import { type KernelFiles, missingFile, refusedFile } from '../../../device/host/kernel-files.ts';

/** Each with what the reason has to say of it, besides or instead of the path. */
export const FILE_FAULTS = {
  /** The driver has gone, or the device with it. */
  vanished: 'ENOENT|no longer|is not there|expected',
  /** Rights were taken away. */
  forbidden: 'EACCES',
  /** What some drivers do instead of an error. */
  empty: 'expected',
  garbled: 'expected',
  EIO: 'EIO',
  EAGAIN: 'EAGAIN',
  /** The driver waits for its hardware and never comes back. */
  hang: 'no answer within',
} as const;

export type FileFault = keyof typeof FILE_FAULTS;

export class FaultyFiles implements KernelFiles {
  readonly #files: KernelFiles;
  readonly #concerned: (path: string) => boolean;
  #fault: FileFault | { readonly text: string } | undefined;
  #mended: Promise<void> = Promise.resolve();
  #mend = () => {};

  /** @param concerned whether a file is one of those that fail */
  constructor(files: KernelFiles, concerned: (path: string) => boolean) {
    this.#files = files;
    this.#concerned = concerned;
  }

  /** Breaks the files that are concerned; `text` is what they say then. */
  fail(fault: FileFault | { readonly text: string }): void {
    this.mend();
    this.#fault = fault;
    this.#mended = new Promise(resolve => {
      this.#mend = resolve;
    });
  }

  mend(): void {
    this.#fault = undefined;
    this.#mend();
  }

  async read(path: string, signal?: AbortSignal): Promise<string> {
    const text = await this.#failing(path);
    return text ?? this.#files.read(path, signal);
  }

  async write(path: string, text: string): Promise<void> {
    if ((await this.#failing(path)) === undefined) await this.#files.write(path, text);
  }

  async list(path: string): Promise<readonly string[]> {
    const names = await this.#files.list(path);
    if (this.#fault !== 'vanished') return names;
    return names.filter(name => !this.#concerned(`${path}/${name}`));
  }

  /** Rejects, or gives what is read instead, where a file fails. */
  async #failing(path: string): Promise<string | undefined> {
    const fault = this.#fault;
    if (fault === undefined || !this.#concerned(path)) return undefined;
    if (typeof fault === 'object') return fault.text;
    switch (fault) {
      case 'vanished':
        throw missingFile(path);
      case 'forbidden':
        throw refusedFile(path);
      case 'empty':
        return '';
      case 'garbled':
        return '\u0000\u00ff?\n';
      case 'hang':
        // As a thread in the kernel does, which no signal of ours reaches.
        await this.#mended;
        return undefined;
      default:
        // As Node has errors of a driver: without the path.
        throw Object.assign(new Error(`${fault}: from the driver, read`), { code: fault });
    }
  }
}
