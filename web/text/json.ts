// Reads JSON of a server without trust: every field may be of any type, which its reader checks.

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none for any other value. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The JSON of a response; undefined for an error status or another media type. */
export async function jsonOf(response: Response): Promise<unknown> {
  if (response.ok && /\bjson\b/.test(response.headers.get('content-type') ?? '')) return response.json();
  await response.body?.cancel();
  return undefined;
}
