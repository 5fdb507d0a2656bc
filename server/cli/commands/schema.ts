// `dapberry schema`: prints the JSON Schema of the configuration, for editors.

import { SENSOR_KINDS } from '../../../device/index.ts';
import type { Command } from './command.ts';

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of the configuration',
  description:
    'Prints the JSON Schema (draft 7) by which editors complete and check a configuration, with the kinds of sensors of this version. To use it, put "# yaml-language-server: $schema=config.schema.json" at the top of the configuration.',
  options: [],
  examples: ['dapberry schema > config.schema.json'],
  run: async (_args, { print }) => {
    const { publishedSchema } = await import('../../config/reference/reference.ts');
    print(`${JSON.stringify(publishedSchema(SENSOR_KINDS), null, 2)}\n`);
    return 0;
  },
};
