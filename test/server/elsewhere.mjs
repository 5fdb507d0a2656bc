// Makes Node take this machine for one that runs macOS or Windows: `node --import`; the environment variable ELSEWHERE names it.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const platform = process.env.ELSEWHERE;
Object.defineProperty(process, 'platform', { value: platform });
// Windows has no users by number (process.getuid: "not available on Windows").
if (platform === 'win32')
  for (const name of ['getuid', 'geteuid', 'getgid', 'getegid', 'getgroups']) process[name] = undefined;

const isMissing = path => /^\/(proc|sys)(\/|$)/.test(String(path));
const missing = path =>
  Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });

for (const name of [
  'openSync',
  'readFileSync',
  'readdirSync',
  'readlinkSync',
  'statSync',
  'lstatSync',
  'realpathSync',
]) {
  const original = fs[name];
  fs[name] = (path, ...rest) => {
    if (isMissing(path)) throw missing(path);
    return original(path, ...rest);
  };
}
fs.existsSync = (
  original => path =>
    !isMissing(path) && original(path)
)(fs.existsSync);
for (const name of [
  'open',
  'readFile',
  'readdir',
  'readlink',
  'stat',
  'lstat',
  'access',
  'realpath',
  'statfs',
]) {
  const [withCallback, withPromise] = [fs[name], fs.promises[name]];
  fs[name] = (path, ...rest) => {
    if (!isMissing(path)) return withCallback(path, ...rest);
    queueMicrotask(() => rest.at(-1)(missing(path)));
  };
  fs.promises[name] = async (path, ...rest) => {
    if (isMissing(path)) throw missing(path);
    return withPromise(path, ...rest);
  };
}
syncBuiltinESMExports();
