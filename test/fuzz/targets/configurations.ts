// Configurations: any bytes give a configuration, or mistakes with their places.

import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { textOf } from '../../sources.ts';
import { bytesOfText, type Target } from '../target.ts';

const SEED = `server: {port: 8080, allow: [192.168.0.0/16, ::1], cors: {origins: ['https://example.org']}, hosts: [roof.local]}
history: {path: /var/lib/dapberry/history, flush: 10 min, keep: 5 y, size: 2 GiB}
access: {users: users, public: [roof]}
seed: 7
datasets:
  roof:
    title: On the roof
    interval: 0.5 s
    log: {rows: 1000, age: 1 d}
    position: {latitude: 52.5, longitude: 13.4}
    attributes: {note: 'a b', n: 3, list: [1, 2]}
    sensors:
      - {kind: ds18b20, serial: 28-0000055a4d49, name: air, calibration: {offset: -0.4}}
      - kind: ads1115
        inputs: [AIN0]
        range: 2.048
        derived:
          temperature: {from: voltage_ain0, by: tmp36, standard_name: air_temperature}
      - {kind: waveform, name: w, limits: {value: [-5, 5]}}
`;

export const configurations: Target = {
  name: 'configurations',
  slowness: 4,
  seeds: () => [bytesOfText(SEED), bytesOfText(textOf('systemd/config.example.yaml'))],
  run(bytes) {
    const loaded = loadConfig([{ name: 'c.yaml', content: bytes }]);
    if ('config' in loaded) return;
    if (loaded.problems.length === 0) throw new Error('expected a configuration or mistakes');
    for (const problem of loaded.problems) {
      const line = problemLine(problem);
      if (!/^c\.yaml(:\d+:\d+)?: .*expected .+, found .+$/.test(line))
        throw new Error(`expected a sentence with a place, found ${JSON.stringify(line)}`);
    }
  },
};
