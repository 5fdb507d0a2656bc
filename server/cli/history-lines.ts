// Says for each dataset where its past rows are kept on disk, how much a day takes, and how many days are kept.

import type { DatasetConfig } from '../config/config.ts';
import type { Machine } from '../machine/machine.ts';
import { counted, durationText, sizeText } from '../text/terminal-text.ts';
import {
  daysUntilFull,
  type HistoryPlan,
  historyPlan,
  inTheWay,
  MOVE_AWAY,
  nearestFolder,
} from './history-plan.ts';
import { type HistorySurvey, surveyHistory } from './history-survey.ts';

export interface HistoryLines {
  /** A text for each dataset that makes rows for all its clients. */
  readonly lines: ReadonlyMap<DatasetConfig, string>;
  /** A sentence for each folder that cannot be made, because a file stands in its way. */
  readonly faults: readonly string[];
}

export async function historyLines(
  datasets: readonly DatasetConfig[],
  machine: Machine,
): Promise<HistoryLines> {
  const lines = new Map<DatasetConfig, string>();
  const faults: string[] = [];
  const stored = datasets.filter(({ source }) => source.delivery.kind !== 'on-demand');
  for (const [folder, plans] of await plansOf(stored, machine)) {
    const place = await nearestFolder(machine, folder);
    if ((await machine.fileInfo(place))?.kind === 'file') {
      faults.push(`history.path ${folder}: ${inTheWay(place)}; ${MOVE_AWAY}`);
      for (const dataset of plans.keys()) lines.set(dataset, `in ${folder}: ${inTheWay(place)}`);
      continue;
    }
    const room = await daysUntilFull(machine, place, [...plans.values()]);
    for (const [dataset, plan] of plans) lines.set(dataset, lineOf(dataset, plan, room));
  }
  for (const dataset of stored) {
    if (dataset.history === undefined) lines.set(dataset, 'none: past rows are only in memory');
  }
  return { lines, faults };
}

/** The plans of the datasets with a history, by their folders. */
async function plansOf(
  datasets: readonly DatasetConfig[],
  machine: Machine,
): Promise<ReadonlyMap<string, ReadonlyMap<DatasetConfig, HistoryPlan>>> {
  const folders = new Map<string, Map<DatasetConfig, HistoryPlan>>();
  const surveys = new Map<string, HistorySurvey>();
  for (const dataset of datasets) {
    const { history } = dataset;
    if (history === undefined) continue;
    const { path } = history;
    const survey = surveys.get(path) ?? (await surveyHistory(machine, path));
    surveys.set(path, survey);
    const plans = folders.get(path) ?? new Map<DatasetConfig, HistoryPlan>();
    folders.set(path, plans.set(dataset, historyPlan(dataset, history, survey)));
  }
  return folders;
}

function lineOf({ history }: DatasetConfig, plan: HistoryPlan, room: number | undefined): string {
  const { path, flush, keep, size } = history!;
  const { dayBytes, isMeasured, limit, days, full } = plan;
  const basis = isMeasured ? 'as the last days did' : 'by an estimate';
  const kept =
    limit === 'keep'
      ? `kept for ${durationText(keep)}, which takes ${sizeText(full)}`
      : `at most ${sizeText(size)}, which keeps ${counted(Math.floor(days), 'day')}`;
  const short = room === undefined ? '' : `. The disk has room for ${counted(Math.floor(room), 'day')} only`;
  return `in ${path}: written every ${durationText(flush)}, ${sizeText(dayBytes)} a day ${basis}, ${kept}${short}`;
}
