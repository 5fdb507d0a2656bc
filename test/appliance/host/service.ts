// How does the program run in the PC guest? As a service of its systemd, that a restart of the machine starts again.

import type { Guest } from './guest.ts';

/** The name of the service. */
const SERVICE = 'dapberry';

const UNIT = `
[Unit]
Description=dapberry, as in /app
StartLimitIntervalSec=0

[Service]
ExecStart=/usr/local/bin/node /app/dist/server/main.js serve --config /etc/dapberry/config.yaml
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

/** Starts the program in `/app` with a configuration, as YAML; again, where it runs. */
export async function startService(guest: Guest, config: string): Promise<void> {
  await guest.run(`mkdir -p /etc/dapberry
cat >/etc/dapberry/config.yaml <<'END'
${config}
END
cat >/etc/systemd/system/${SERVICE}.service <<'END'
${UNIT}
END
systemctl daemon-reload
systemctl --quiet enable ${SERVICE}
systemctl restart ${SERVICE}
sync`);
}

export async function stopService(guest: Guest): Promise<void> {
  await guest.run(`systemctl stop ${SERVICE}`);
}

/** A property of the service, such as `MainPID` (systemctl(1), show). */
export function property(guest: Guest, name: string): Promise<string> {
  return guest.run(`systemctl show --value -p ${name} ${SERVICE}`);
}

/** What the service has written to the journal since the machine came up that matches, line by line. */
export async function journal(guest: Guest, pattern: RegExp): Promise<string[]> {
  const text = await guest.run(`journalctl -u ${SERVICE} -b -o cat --no-pager`);
  return text.split('\n').filter(line => pattern.test(line));
}
