/** Whole files in and out, with messages that name the file. */
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { BrushworkError } from '../index.js';

/** The system's words for why a file operation failed. */
function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? message;
}

export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new BrushworkError('invalid-argument', `can't read '${path}': ${reasonOf(error)}`, { cause: error });
  }
}

/** Writes beside the target first and renames, so that a failure leaves no half file. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.part`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new BrushworkError('invalid-argument', `can't write '${path}': ${reasonOf(error)}`, { cause: error });
  }
}

/** The media type that a painting's name asks for. Also checks its folder: found before the work, not after it. */
export function outputType(path: string): 'image/png' | 'image/jpeg' {
  const type = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg' } as const;
  const extension = extname(path).toLowerCase();
  if (!(extension in type)) {
    throw new BrushworkError('invalid-argument', `output: got '${path}', needed a name that ends in .png, .jpg or .jpeg`);
  }
  if (!existsSync(dirname(path))) {
    throw new BrushworkError('invalid-argument', `output: the folder '${dirname(path)}' does not exist`);
  }
  return type[extension as keyof typeof type];
}

/** Errors that are about a file say which. */
export async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof BrushworkError) || !ABOUT_FILES.has(error.code)) throw error;
    throw new BrushworkError(error.code, `'${path}': ${error.message}`, { cause: error });
  }
}

const ABOUT_FILES = new Set(['unsupported-image', 'image-too-large', 'invalid-model', 'unsupported-model']);
