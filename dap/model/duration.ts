// Reads and writes durations of ISO 8601, such as `PT0.5S`: the attribute `time_coverage_resolution` (ACDD) holds one.

/** Seconds of a duration of hours, minutes and seconds; undefined for any other text. */
export function secondsOfDuration(text: string | undefined): number | undefined {
  const parts = /^PT(?=\d)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [hours, minutes, seconds] = parts.slice(1).map(part => Number(part ?? 0));
  return hours! * 3600 + minutes! * 60 + seconds!;
}

/** `PT0.5S` for 0.5 seconds. */
export function isoDuration(seconds: number): string {
  return `PT${seconds}S`;
}
