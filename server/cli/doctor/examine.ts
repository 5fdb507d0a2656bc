// Runs all examinations of a machine that serves sensors, one after the other.

import type { Need } from '../../../device/index.ts';
import { type Config, type Overrides, sensorsOf } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import { findConfig } from '../../config/text/find.ts';
import { boardOf } from '../../machine/board.ts';
import { bootConfig } from '../../machine/boot-config.ts';
import type { Machine } from '../../machine/machine.ts';
import { serviceOptionsFor } from '../../machine/service-options.ts';
import { serviceUnit } from '../../machine/service-unit.ts';
import { userOf } from '../../machine/user.ts';
import { examineCards } from './card.ts';
import type { DoctorContext, Finding } from './finding.ts';
import { examineHistory } from './history.ts';
import { examineInterfaces } from './interfaces.ts';
import { examineService } from './service.ts';
import { examineSystem } from './system.ts';

/** Does not reject, opens no sensor and changes nothing. `file` is given by `--config`, `overrides` by `--host` and `--port`. */
export async function examine(
  machine: Machine,
  file: string | undefined,
  overrides: Overrides = {},
): Promise<readonly Finding[]> {
  const { stateDirectory, ...service } = await serviceOptionsFor(file, machine);
  const options = { ...service, ...overrides };
  const { configuration, host: hostOf } = machine;
  const read = await readConfig(file, options, { ...configuration, hostOf, stateDirectory });
  const config = 'config' in read ? read.config : undefined;
  const board = await boardOf(machine);
  const boot = await bootConfig(machine, board.model);
  const found = await findConfig(file, configuration);
  const unit = found.file === configuration.usual ? await serviceUnit(machine) : undefined;
  const server = unit === undefined ? await userOf(machine) : unit.account;
  const context: DoctorContext = { machine, board, boot, config, unit, server, needs: needsOf(config) };
  return [
    ...(await examineSystem(context)),
    ...(await examineInterfaces(context)),
    ...(await examineHistory(context)),
    ...(await examineCards(
      machine,
      (config?.datasets ?? []).flatMap(({ history }) => history?.path ?? []),
    )),
    ...(await examineService(machine, read, options, file)),
  ];
}

function needsOf(config: Config | undefined): ReadonlySet<Need> {
  if (config === undefined || config.simulate) return new Set();
  return new Set(config.datasets.flatMap(sensorsOf).flatMap(({ kind }) => kind.needs));
}
