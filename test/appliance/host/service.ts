// Runs the program in the PC guest as an installation does: as a service of systemd with the project's own unit.

import type { Guest } from './guest.ts';

/** The name of the service. */
const SERVICE = 'dapberry';

/**
 * Installs the project's own units, rules, user and groups, with links to `/app` in place of a copy. Restarts are faster and
 * unlimited here.
 */
const INSTALL = `
for group in gpio i2c; do getent group $group >/dev/null || groupadd --system $group; done
useradd --system --user-group --no-create-home --shell /usr/sbin/nologin --groups gpio,i2c ${SERVICE}
mkdir -p /opt/dapberry /etc/dapberry /etc/systemd/system/${SERVICE}.service.d
ln -s /app /opt/dapberry/current
ln -s /app/dist/server/main.js /usr/local/bin/dapberry
cp /app/systemd/dapberry.rules /etc/udev/rules.d/60-dapberry.rules
udevadm control --reload
udevadm trigger --action=change --subsystem-match=gpio --subsystem-match=i2c-dev --subsystem-match=w1
udevadm settle
cat >/etc/systemd/system/${SERVICE}.service.d/guest.conf <<'END'
[Unit]
StartLimitIntervalSec=0
[Service]
RestartSec=1
END
cp /app/systemd/dapberry.service /app/systemd/dapberry-devices.service /app/systemd/dapberry-device-list.service /app/systemd/dapberry-devices.path /etc/systemd/system/
systemctl daemon-reload
systemctl --quiet enable ${SERVICE}.service ${SERVICE}-devices.service ${SERVICE}-devices.path
`;

/** Starts, or restarts, the program in `/app` with a configuration as YAML. */
export async function startService(guest: Guest, config: string): Promise<void> {
  await guest.run(
    `set -e
[ -e /etc/systemd/system/${SERVICE}.service ] || {
${INSTALL}
}
cat >/etc/dapberry/config.yaml <<'END'
${config}
END
sync`,
    180,
  );
  // Allows the devices of the sensors before the service opens them, as install.sh does.
  await guest.run(`systemctl start ${SERVICE}-devices.service`, 180);
  await guest.run(`systemctl restart --no-block ${SERVICE}-devices.path ${SERVICE}.service`);
}

export async function stopService(guest: Guest): Promise<void> {
  await guest.run(`systemctl stop ${SERVICE}`);
}

/** A property of the service, such as `MainPID` (systemctl(1), show). */
export function property(guest: Guest, name: string): Promise<string> {
  return guest.run(`systemctl show --value -p ${name} ${SERVICE}`);
}

/** The lines of the service in the journal, since the boot, that match a pattern. */
export async function journal(guest: Guest, pattern: RegExp): Promise<string[]> {
  const text = await guest.run(`journalctl -u ${SERVICE} -b -o cat --no-pager`);
  return text.split('\n').filter(line => pattern.test(line));
}
