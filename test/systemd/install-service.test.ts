// Tests the port that install.sh gives the service, the wait for its start, and the output of drivers.

import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { card, contents, install, release, SYSTEM, textOf, useCard, withParts, work } from './card.ts';

const isRoot = process.getuid?.() === 0;

useCard();

describe.skipIf(!isRoot)(
  `the port and the groups of the service on a card${isRoot ? '' : ' (needs root)'}`,
  () => {
    it('allows a port below 1024 where one is asked for, and no other right', () => {
      const dropIn = 'etc/systemd/system/dapberry.service.d/port.conf';
      install(release('1.0.0'), '--port', '80');
      expect(textOf(dropIn)).toMatch(/^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
      expect(textOf(dropIn)).toMatch(/serve --port 80$/m);
      install(join(work, '1.0.0'), '--port=8090');
      expect(textOf(dropIn)).not.toContain('Capabilit');
    });

    it('takes a port back with --port default, also where what follows fails', () => {
      install(release('1.0.0'));
      const before = contents();
      install(join(work, '1.0.0'), '--port', '80');
      const after = contents();
      const broken = release('2.0.0');
      writeFileSync(
        join(broken, 'systemd/install/service.sh'),
        'start_service() { die "it does not start"; }\n',
      );
      expect(install(broken, '--port', 'default').complained).toContain('it does not start');
      expect(contents()).toEqual(after);
      expect(install(join(work, '1.0.0'), '--port', 'default').said).toMatch(/^remove .*port\.conf$/m);
      expect(contents()).toEqual(before);
      expect(install(join(work, '1.0.0'), '--port', 'default').said).toContain('nothing to do');
    });

    it('does not take dapberry into the group spi, which no sensor needs', () => {
      writeFileSync(join(card, 'etc/group'), `${SYSTEM['etc/group']}spi:x:45:\n`);
      install(release('1.0.0'), '--enable-spi');
      expect(textOf('etc/group')).toMatch(/^spi:x:45:$/m);
    });
  },
);

describe('the port', () => {
  /** What is said of a port before anything is changed. */
  function check({ option = '', unit = '', state = 'inactive', config = '' }) {
    mkdirSync(join(card, 'etc/dapberry'), { recursive: true });
    writeFileSync(join(card, 'etc/dapberry/config.yaml'), config);
    const { status, stderr } = withParts(
      ['steps', 'program', 'port', 'health'],
      `PORT=${option}
      systemctl() {
        case $* in
          *is-active*) return 3 ;;
          *ExecStart*) echo '{ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve ${unit} ; }' ;;
          *ActiveState*) echo ${state} ;;
        esac
      }
      # Only the configuration is in another place.
      eval "$(declare -f key_of_server | sed 's|\\$ROOT/etc|${card}/etc|')"
      check_port`,
    );
    return { status, stderr };
  }

  let server: Server;
  let taken: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port: taken } = server.address() as AddressInfo);
  });
  afterEach(() => server.close());

  it.each<[string, () => Parameters<typeof check>[0]]>([
    ['--port', () => ({ option: String(taken) })],
    ['a unit that waits to be started again', () => ({ unit: `--port ${taken}`, state: 'activating' })],
    ['the configuration', () => ({ config: `# Mine.\nserver:\n  cors: {}\n  port: ${taken} # free?\n` })],
    ['the configuration in one line', () => ({ config: `server: {host: 0.0.0.0, port: "${taken}"}\r\n` })],
    [
      'the configuration beside the address that the program has',
      () => ({ config: `server: {host: 127.0.0.1, port: ${taken}}\n` }),
    ],
    [
      'the configuration below a comment',
      () => ({ config: `server:\n  # host: 192.0.2.1\n  # port: 1\n  port: ${taken}\n` }),
    ],
    [
      '--port default',
      () => ({ option: 'default', unit: '--port 1', config: `server:\n  port: ${taken}\n` }),
    ],
  ])('is refused where %s names one that another program has', (_, given) => {
    const { status, stderr } = check(given());
    expect(status).toBe(1);
    expect(stderr).toContain(`expected that port ${taken} is free, found `);
    expect(stderr).toContain('nothing was changed');
  });

  it.each<[string, () => Parameters<typeof check>[0]]>([
    [
      'the service itself listens at it',
      () => ({ option: String(taken), unit: `--port ${taken}`, state: 'active' }),
    ],
    ['the configuration leaves it to the system', () => ({ config: 'server: {port: 0}\n' })],
    [
      'another one comes before the configuration',
      () => ({ option: '1', config: `server: {port: ${taken}}\n` }),
    ],
    [
      'another part of the configuration names it',
      () => ({ config: `datasets:\n  a: {port: ${taken}}\nserver:\n  port: 1\n` }),
    ],
    ['only a comment names it', () => ({ config: `server:\n  # port: ${taken}\n  port: 1 # ${taken}\n` })],
    ['the server has another address', () => ({ config: `server: {host: 192.0.2.1, port: ${taken}}\n` })],
    ['it is written in another way', () => ({ option: '08081' })],
  ])('is no reason to stop where %s', (_, given) => {
    expect(check(given())).toEqual({ status: 0, stderr: '' });
  });
});

describe('what a driver prints', () => {
  it('is no address to be asked or shown, and moves no terminal', () => {
    const { stdout } = withParts(
      ['steps', 'program', 'port', 'health'],
      `port_of_unit() { :; }
      as_service() {
        printf 'live page  http://localhost:8080/ http://[::1]:8080/ http://x/\\033[2J/ http://e$(id)/ javascript:x\\n'
        printf '\\033[2J' >&2
      }
      addresses
      printf 'a\\033[2J\\302\\233b\\302\\260\\tc\\r\\n' | harmless`,
    );
    expect(stdout).toBe('http://localhost:8080/\nhttp://[::1]:8080/\na?[2J?b°\tc?\n');
  });
});

describe('the wait until the service is healthy', () => {
  /** Waits two seconds at most for a service that systemd says is in this state, and is to be found there. */
  function wait(state: string, address: string) {
    const { status, stdout, stderr } = withParts(
      ['steps', 'program', 'port', 'health'],
      `VERSION=1.0.0 PROOF=0
      addresses() { echo ${address}; }
      journalctl() { :; }
      state_of() { case $1 in ActiveState) echo ${state} ;; MainPID) echo 7 ;; NRestarts) echo 0 ;; esac; }
      wait_until_healthy
      tell_addresses`,
      { DAPBERRY_PATIENCE: '2' },
    );
    return { status, said: stdout, complained: stderr };
  }
  // For documentation (RFC 5737): no machine has it.
  const ABSENT = 'http://203.0.113.7:8080/';

  it('ends where it is ready and waits for an address that the machine does not have, and says so', () => {
    const { status, said } = wait('active', ABSENT);
    expect(status).toBe(0);
    expect(said).toMatch(
      /^note: .*was not asked at http:\/\/203\.0\.113\.7:8080\/, an address that this machine does not have/,
    );
    expect(said).toContain(`dapberry will serve at\n  ${ABSENT}\n`);
  });

  it('fails where it does not become ready, with such an address too', () => {
    expect(wait('activating', ABSENT)).toMatchObject({
      status: 1,
      complained: expect.stringContaining('found the service activating'),
    });
  });

  it('fails where nobody answers at an address of the machine', () => {
    const { status, complained } = wait('active', 'http://127.0.0.1:1/');
    expect(status).toBe(1);
    expect(complained).toContain('expected version 1.0.0 to answer at http://127.0.0.1:1/health');
  });
});
