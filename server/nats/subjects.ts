// Names the streams and subjects of a fleet: one stream for rows, another for the layouts of datasets.

/** The names that belong to a fleet, all of which begin with the name of its stream. */
export interface FleetNames {
  /** The stream of the rows. */
  readonly rows: string;
  /** The stream of the layouts, which keeps the last message of each subject without a limit of age. */
  readonly layouts: string;
  readonly allRows: string;
  readonly allLayouts: string;
  /** The layouts in force of all datasets. */
  readonly currentLayouts: string;
  rowsOf(dataset: string): string;
  /** The layout of a dataset that is in force. */
  layoutOf(dataset: string): string;
  /** The layout with this id, in force or not: rows of it are in the stream. */
  layoutWith(dataset: string, id: string): string;
  /** The dataset of a subject of layouts. */
  datasetOf(subject: string): string;
}

/** A token of a subject, and a name of a stream. */
export const STREAM_NAME = /^[A-Za-z0-9_-]{1,32}$/;

export function fleetNames(stream: string): FleetNames {
  return {
    rows: stream,
    layouts: `${stream}_layouts`,
    allRows: `${stream}.rows.*`,
    allLayouts: `${stream}.layout.>`,
    currentLayouts: `${stream}.layout.*`,
    rowsOf: dataset => `${stream}.rows.${dataset}`,
    layoutOf: dataset => `${stream}.layout.${dataset}`,
    layoutWith: (dataset, id) => `${stream}.layout.${dataset}.${id}`,
    datasetOf: subject => subject.slice(`${stream}.layout.`.length),
  };
}
