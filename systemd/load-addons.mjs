// Loads the modules with native addons in this Node, and prints for each that fails why, and what to do. Installers run it.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Each with what cannot be read without it. */
const MODULES = {
  'i2c-bus': 'sensors on I2C',
  onoff: 'GPIO pins through sysfs',
  koffi: 'GPIO pins through the character device',
};
/** The Node of each NODE_MODULE_VERSION that packages have addons for (scripts/package/architectures.mjs). */
const NODES = { 115: '20', 127: '22', 137: '24' };

const root = fileURLToPath(new URL('..', import.meta.url));
const { execPath, versions } = process;

/** Where a package has its addons, one folder for each Node; none where they were compiled on this machine. */
const bindings = `${root}node_modules/i2c-bus/lib/binding`;
const packed = existsSync(bindings)
  ? readdirSync(bindings).map(name => /^node-v(\d+)-/.exec(name)?.[1])
  : undefined;

/** What cannot be read since there is no addon for this Node at all. */
const absent = [];
for (const [name, without] of Object.entries(MODULES)) {
  const reason = reasonAgainst(name);
  if (reason === undefined) continue;
  // Koffi's addon runs on every Node.
  if (packed !== undefined && name !== 'koffi' && !packed.includes(versions.modules)) absent.push(without);
  else say(sentence(name, without, reason));
}
if (absent.length > 0) {
  const nodes = packed.map(version => NODES[version] ?? `with NODE_MODULE_VERSION ${version}`).sort();
  say(
    `expected a Node that this build has addons for (${nodes.join(', ')}), found Node ${versions.node} at ${execPath}: ${absent.join(' and ')} will not work. Install one of these, then: sudo systemctl restart dapberry`,
  );
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Why a module does not load; undefined where it does. In a process of its own, which an addon for another Node may crash. */
function reasonAgainst(name) {
  const program = `try { require(${JSON.stringify(name)}) } catch (error) { console.error(error.message); process.exit(1) }`;
  const options = { cwd: root, encoding: 'utf8', timeout: 60_000 };
  const { status, signal, stderr } = spawnSync(execPath, ['--eval', program], options);
  if (status === 0) return undefined;
  if (status === null) return `its process ended by ${signal}`;
  const text = stderr.split('\nRequire stack:')[0].replaceAll(/\s+/g, ' ').trim();
  // Removes Node's own advice and its list of searched places.
  return text.replace(/ (Please try re-compiling|Tried: ).*/, '');
}

function sentence(name, without, reason) {
  const loss = `${without[0].toUpperCase()}${without.slice(1)} will not work.`;
  const found = `expected that ${name} loads under Node ${versions.node} at ${execPath}, found: ${reason.replace(/\.$/, '')}. ${loss}`;
  if (packed !== undefined)
    return `${found} This build is wrong: take another one; installing the same one again does not help`;
  if (/NODE_MODULE_VERSION/.test(reason))
    return `${found} It was compiled for another Node: where npm config get nodedir names a folder, npm config delete nodedir; then install again`;
  return `${found} It is compiled where a compiler is there: sudo apt-get install g++ make python3, then install again`;
}
