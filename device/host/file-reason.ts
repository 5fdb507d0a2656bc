// Says in words why a file could not be read.

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'none',
  ENOTDIR: 'none',
  EISDIR: 'a folder',
  EACCES: 'one that this user may not read',
  EPERM: 'one that this user may not read',
  ELOOP: 'a loop of symbolic links',
  EAGAIN: 'one without data to read now',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
};

/** What was found instead of a readable file, by the code of the error. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? code;
}

/** The code of a system's error, or the error as text. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
