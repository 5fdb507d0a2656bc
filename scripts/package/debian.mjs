// Makes a Debian package of an installation, in the places of Debian's policy, with dpkg's own tools.

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** The maintainer of the package; packagers set it by the environment variables of Debian's tools. */
const { DEBFULLNAME: NAME = 'dapberry maintainers', DEBEMAIL: EMAIL = 'maintainers@dapberry.invalid' } =
  process.env;

/** The scripts that dpkg calls; they enable, start and stop systemd's units as Debian's own packages do. */
const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm'];

const UNITS = [
  'dapberry.service',
  'dapberry-devices.service',
  'dapberry-devices.path',
  'dapberry-device-list.service',
  'dapberry.socket',
  'dapberry-pull@.service',
];

/** The parts of install.sh that decide about an upgrade of the package too. */
const SHARED = ['steps', 'node', 'program', 'port', 'health', 'move'].map(name => `install/${name}.sh`);

/** The files of `systemd/` that the package has beside its program; install.sh needs the others. */
const OWN = [
  ...['allow-devices.sh', 'load-addons.mjs', 'config.example.yaml', 'config.schema.json'],
  ...SHARED,
];

/** The version of the package: for dpkg, 1.2.0~rc.1 comes before 1.2.0, and 1.2.0-rc.1 behind it (deb-version(7)). */
export function debianVersion(version) {
  return version.replaceAll('-', '~');
}

/**
 * @param folder the files of the installation, from `stage`
 * @param file the package to write
 */
export function debianPackage(folder, file, { version, architecture, seconds }, work) {
  const root = join(work, 'debian');
  rmSync(root, { recursive: true, force: true });
  const place = path => {
    const target = join(root, path);
    mkdirSync(join(target, '..'), { recursive: true });
    return target;
  };
  const lib = place('usr/lib/dapberry');
  cpSync(folder, lib, { recursive: true });
  const doc = place('usr/share/doc/dapberry');
  mkdirSync(doc);
  for (const name of ['README.md', 'docs']) renameSync(join(lib, name), join(doc, name));
  renameSync(join(lib, 'CHANGELOG.md'), join(doc, 'CHANGELOG.md'));
  writeFileSync(join(doc, 'changelog'), changelog(debianVersion(version), seconds));
  mkdirSync(place('usr/share/man/man1/.'), { recursive: true });
  const manual = place('usr/share/man/man1/dapberry.1');
  writeFileSync(
    manual,
    manualPage(version, run(process.execPath, [join(lib, 'dist/server/main.js'), '--help'])),
  );
  run('gzip', ['-9n', join(doc, 'changelog'), manual]);
  writeFileSync(join(doc, 'copyright'), copyright(lib));

  const source = join(folder, 'systemd');
  const own = join(lib, 'systemd');
  rmSync(own, { recursive: true });
  for (const name of OWN) cpSync(join(source, name), join(own, name));
  for (const name of ['start.sh', 'takeover.sh']) cpSync(join(source, 'debian', name), join(own, name));
  mkdirSync(join(own, 'units'));
  for (const unit of UNITS) {
    write(place(`usr/lib/systemd/system/${unit}`), packaged(join(source, unit)));
    // Each version on the disk has its own units, for the case that it is restored.
    write(join(own, 'units', unit), packaged(join(source, unit)));
  }
  for (const file of [place('usr/lib/udev/rules.d/60-dapberry.rules'), join(own, 'units/dapberry.rules')])
    cpSync(join(source, 'dapberry.rules'), file);
  cpSync(join(source, 'config.starter.yaml'), place('usr/share/dapberry/config.starter.yaml'));
  cpSync(join(source, 'debian/dapberry.sh'), place('usr/bin/dapberry'));
  const control = place('DEBIAN/control');
  for (const script of SCRIPTS) cpSync(join(source, 'debian', script), join(root, 'DEBIAN', script));
  for (const program of [...SCRIPTS.map(name => `DEBIAN/${name}`), 'usr/bin/dapberry'])
    chmodSync(join(root, program), 0o755);
  chmodSync(join(own, 'start.sh'), 0o755);
  // A new version of Node may come without one of dapberry.
  write(join(root, 'DEBIAN/triggers'), 'interest-noawait /usr/bin/node\n');
  rmSync(join(lib, 'LICENSE'));
  for (const licence of run('find', [
    join(lib, 'node_modules'),
    '-iregex',
    '.*/\\(licen[cs]e\\|copying\\)[^/]*',
  ]).split('\n'))
    if (licence !== '') rmSync(licence);

  for (const file of run('find', [join(lib, 'node_modules'), '-type', 'f', '-name', '*js']).split('\n'))
    if (file !== '') withoutInterpreter(file);
  const overrides = OVERRIDES.filter(({ file }) => existsSync(join(root, file)));
  if (overrides.length > 0)
    write(place('usr/share/lintian/overrides/dapberry'), overrides.map(overrideText).join(''));

  const size = run('du', ['-sk', '--apparent-size', '--exclude=DEBIAN', root]).split('\t')[0];
  write(control, controlText({ version: debianVersion(version), architecture, size }));
  run(
    'sh',
    [
      '-c',
      'find . -type f ! -path "./DEBIAN/*" -printf "%P\\0" | sort -z | xargs -0 md5sum > DEBIAN/md5sums',
    ],
    {
      cwd: root,
    },
  );
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
  rmSync(root, { recursive: true });
}

/** The commands of modules are not run here; lintian expects that files with such a first line are. */
function withoutInterpreter(file) {
  const text = readFileSync(file, 'utf8');
  if (text.startsWith('#!')) write(file, `// ${text.slice(2)}`);
}

/** What lintian reports without reason. */
const OVERRIDES = [
  {
    file: 'usr/lib/dapberry/node_modules/csv-parse/lib/utils/underscore.js',
    tag: 'embedded-javascript-library',
    reason: 'a function of csv-parse, and not the library underscore',
  },
];

function overrideText({ file, tag, reason }) {
  return `# ${reason}\ndapberry: ${tag} please use libjs-underscore [${file}]\n`;
}

function write(file, text) {
  writeFileSync(file, text);
}

/** A unit with the paths of the package instead of those of install.sh. */
function packaged(unit) {
  return readFileSync(unit, 'utf8')
    .replaceAll('/opt/dapberry/current/docs/', '/usr/share/doc/dapberry/docs/')
    .replaceAll('/opt/dapberry/current/', '/var/lib/dapberry-package/current/')
    .replaceAll('/usr/local/bin/', '/usr/bin/');
}

function controlText({ version, architecture, size }) {
  return `Package: dapberry
Version: ${version}
Architecture: ${architecture}
Maintainer: ${NAME} <${EMAIL}>
Installed-Size: ${size}
Depends: nodejs (>= 20.19.0), nodejs (>= 22.12.0) | nodejs (<< 21~), adduser, init-system-helpers (>= 1.54~), libc6, libstdc++6
Recommends: avahi-daemon
Section: science
Priority: optional
Description: serve sensors as endless OPeNDAP (DAP2) Sequences, live
 Reads sensors of a Raspberry Pi (I2C, 1-Wire, GPIO, Industrial I/O, hwmon, the
 machine itself) and serves them over HTTP as Sequences without end, which any
 OPeNDAP client can read, and as a live chart in a browser.
 .
 The configuration is /etc/dapberry/config.yaml, copied from /usr/share/dapberry
 where there is none.
`;
}

/** Debian's changelog, which contains only the version; the changes are in CHANGELOG.md beside it. */
function changelog(version, seconds) {
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  return `dapberry (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- ${NAME} <${EMAIL}>  ${date}\n`;
}

/** The help of the program as a manual page (man(7)). */
function manualPage(version, help) {
  const text = help
    .replaceAll('\\', '\\e')
    .replaceAll(/^([.'])/gm, '\\&$1')
    .replaceAll('-', '\\-');
  return `.TH DAPBERRY 1 "" "dapberry ${version}"
.SH NAME
dapberry \\- serve sensors as endless OPeNDAP (DAP2) Sequences, live
.SH DESCRIPTION
.nf
${text.trimEnd()}
.fi
.SH FILES
/etc/dapberry/config.yaml
.SH SEE ALSO
/usr/share/doc/dapberry
`;
}

/** The licences of the project and of its modules, in Debian's machine-readable format (DEP-5). */
function copyright(lib) {
  const licence = readFileSync(join(lib, 'LICENSE'), 'utf8').trim();
  const [, holder = 'dapberry contributors'] = /^Copyright (?:\(c\) )?(.*)$/m.exec(licence) ?? [];
  const files = run('find', [
    join(lib, 'node_modules'),
    '-iregex',
    '.*/\\(licen[cs]e\\|copying\\)[^/]*',
    '-type',
    'f',
  ])
    .trim()
    .split('\n')
    .filter(file => file !== '')
    .sort();
  const stanzas = files.map(file => {
    const text = withoutApacheText(readFileSync(file, 'utf8').trim());
    const folder = file.slice(lib.length + 1).replace(/\/[^/]*$/, '');
    const name = folder.replace(/^.*node_modules\//, '');
    // The Apache License ends with a notice to be filled in.
    const lines = [...text.matchAll(/^\s*(Copyright .*)$/gim)].filter(([line]) => !line.includes('[yyyy]'));
    const holders = [...new Set(lines.map(match => match[1].replace(/^Copyright\s*(\(c\))?\s*/i, '')))];
    return `Files: usr/lib/dapberry/${folder}/*
Copyright: ${holders.length === 0 ? `authors of ${name}` : holders.join('\n           ')}
License: of-${name.replaceAll(/[^a-z0-9.-]/gi, '-')}
${indented(text)}`;
  });
  const parts = [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    `Files: *
Copyright: ${holder}
License: Expat
${indented(licence)}`,
    ...stanzas,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Refers to Debian's copy of the Apache License, as its policy demands (section 12.5); the notices around the text stay. */
function withoutApacheText(text) {
  return text.replace(
    /^[ \t]*Apache License\s+Version 2\.0, January 2004\s[\s\S]*?END OF TERMS AND CONDITIONS$/gm,
    'On Debian systems the text of the Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0.',
  );
}

function indented(text) {
  return text
    .split('\n')
    .map(line => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
    .join('\n');
}
