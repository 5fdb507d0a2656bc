// Signs files with GnuPG and a key of the caller, and checks each signature as apt does.

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { run } from '../package/run.mjs';

/** @param tools the Debian package of each program */
export function needTools(tools) {
  const missing = Object.entries(tools).filter(([program]) => !isInstalled(program));
  if (missing.length === 0) return;
  const [programs, packages] = [0, 1].map(part => missing.map(pair => pair[part]).join(' '));
  throw new Error(`expected the programs ${programs}, found none: sudo apt-get install ${packages}`);
}

function isInstalled(program) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The public half of a key, in the armour that apt reads.
 * @throws if gpg has no such secret key
 */
export function publicKey(key) {
  try {
    run('gpg', ['--batch', '--list-secret-keys', key]);
  } catch (error) {
    throw new Error(`--sign-with: expected a key that gpg --list-secret-keys prints, found ${key}`, {
      cause: error,
    });
  }
  return run('gpg', ['--batch', '--armor', '--export-options', 'export-minimal', '--export', key]);
}

/** The files of the signatures beside a file: `Release` has the two that apt looks for. */
const SIGNATURES = {
  Release: { InRelease: ['--clearsign'], 'Release.gpg': ['--armor', '--detach-sign'] },
  SHA256SUMS: { 'SHA256SUMS.asc': ['--armor', '--detach-sign'] },
};

/** Removes the signatures of an earlier content. */
export function unsign(file) {
  for (const name of Object.keys(SIGNATURES[basename(file)]))
    rmSync(join(dirname(file), name), { force: true });
}

export function sign(file, key) {
  unsign(file);
  for (const [name, how] of Object.entries(SIGNATURES[basename(file)])) {
    const signature = join(dirname(file), name);
    const options = ['--batch', '--yes', '--digest-algo', 'SHA512', '--local-user', key];
    run('gpg', [...options, ...how, '--output', signature, file], { stdio: ['inherit', 'pipe', 'pipe'] });
    verify(signature, how.includes('--clearsign') ? undefined : file, key);
  }
}

/** @throws if the signature is not one of the key, for example because a subkey has expired */
function verify(signature, file, key) {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-release-'));
  try {
    const ring = join(folder, 'ring.gpg');
    writeFileSync(ring, run('gpg', ['--batch', '--export', key], { encoding: 'buffer' }));
    run('gpgv', ['--keyring', ring, signature, ...(file === undefined ? [] : [file])]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
