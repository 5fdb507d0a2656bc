// Builds the attributes of a dataset by ACDD 1.3 from its configuration.

import type { Attribute } from '../../../dap/protocol.ts';
import type { SensorSetup } from '../../../device/index.ts';
import type { DatasetInfo } from '../../dataset/dataset.ts';
import { OWN_ATTRIBUTES } from '../../dataset/describe.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import type { WrittenDataset } from '../schema/schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import { type Problem, quoted } from '../text/problem.ts';

/** Words about a dataset that follow from the source of its rows. */
type DefaultWords = Pick<DatasetInfo, 'summary' | 'source'>;

type Value = string | number | readonly number[] | undefined;

/** The default words of a dataset of these sensors. */
export function sensorWords(sensors: readonly SensorSetup[]): DefaultWords {
  const titles = [...new Set(sensors.map(({ kind }) => kind.title))].join(', ');
  return { summary: `Live readings: ${titles}.`, source: titles };
}

/** Title, summary and source, with the default words of the source of its rows, and all further attributes in order. */
export function datasetInfo(name: string, written: WrittenDataset, words: DefaultWords): DatasetInfo {
  const attributes = Object.entries({ ...acdd(written), ...written.attributes }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, attributeOf(value)] as const],
  );
  return {
    name,
    title: written.title ?? name,
    summary: written.summary ?? words.summary,
    source: typeof written.source === 'string' ? written.source : words.source,
    attributes: new Map(attributes),
    ...(written.public ? { isPublic: true } : {}),
  };
}

/** The attributes of the Attribute Convention for Data Discovery 1.3 by the keys of a configuration. */
function acdd(written: WrittenDataset): Record<string, Value> {
  const { contact, position } = written;
  const { latitude, longitude, altitude } = position ?? {};
  return {
    institution: written.institution,
    creator_name: contact?.name,
    creator_email: contact?.email,
    creator_url: contact?.url,
    creator_type: contact?.type,
    project: written.project,
    license: written.license,
    keywords: written.keywords?.join(', '),
    comment: written.comment,
    references: written.references,
    acknowledgement: written.acknowledgement,
    id: written.id,
    naming_authority: written.naming_authority,
    geospatial_lat_min: latitude,
    geospatial_lat_max: latitude,
    geospatial_lat_units: latitude === undefined ? undefined : 'degrees_north',
    geospatial_lon_min: longitude,
    geospatial_lon_max: longitude,
    geospatial_lon_units: longitude === undefined ? undefined : 'degrees_east',
    geospatial_vertical_min: altitude,
    geospatial_vertical_max: altitude,
    geospatial_vertical_units: altitude === undefined ? undefined : 'm',
    geospatial_vertical_positive: altitude === undefined ? undefined : 'up',
  };
}

function attributeOf(value: string | number | readonly number[]): Attribute {
  if (typeof value === 'string') return { type: 'String', values: [value] };
  return { type: 'Float64', values: typeof value === 'number' ? [value] : value };
}

/** Refuses further attributes that have keys of their own or that the server sets. */
export function reservedAttributes(part: DatasetNode): Problem[] {
  const path = [...part.path, 'attributes'];
  const written = valueAt(part.document.value, path);
  if (!isMapping(written)) return [];
  const reserved = new Set([...OWN_ATTRIBUTES, ...Object.keys(acdd({} as WrittenDataset))]);
  return Object.keys(written)
    .filter(name => reserved.has(name))
    .map(name =>
      problemAt(part, [...path, name], 'key', {
        expected: 'a name that neither another key nor the server itself sets',
        found: quoted(name),
      }),
    );
}
