// Says in a sentence why a file cannot be read or written.

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read and write it',
  EDQUOT: 'the quota of this user is used up',
  EISDIR: 'expected a file, found a folder',
  ELOOP: 'expected a file, found symbolic links that lead in a circle',
  EFBIG: 'it is as large as this system allows',
  ENOENT: 'expected a folder that is there',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'expected a folder in its path, found a file',
  EPERM: 'this user may not read and write it',
  EROFS: 'the file system is read-only',
};

/** The error with the file's name and the reason in words; an error that is not of the system stays as it is. */
export function fileError(path: string, error: unknown, then = ''): unknown {
  const { code } = error as { readonly code?: unknown };
  if (error instanceof RangeError) return new Error(`${path}: ${error.message}`, { cause: error });
  if (!(error instanceof Error) || typeof code !== 'string' || error instanceof FileError) return error;
  return new FileError(`${path}: ${REASONS[code] ?? error.message} (${code})${then}`, code, error);
}

/** An error of a file that is told to a person already. */
class FileError extends Error {
  readonly code: string;

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
