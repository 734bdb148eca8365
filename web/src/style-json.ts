/** Styles as JSON: { version: 1, id, title, generator: sha256 of the model, parts: [{ vector: base64, weight }] }. */
import type { Ingredient } from './engine/protocol.js';
import { BrushworkError, describe, invalidArgument } from './errors.js';

const VERSION = 1;

export interface StyleJson {
  id: string;
  title: string;
  /** The sha256 of its model. */
  generator: string;
  ingredients: readonly Ingredient[];
}

export function writeStyleJson({ id, title, generator, ingredients }: StyleJson): unknown {
  const parts = ingredients.map(({ vector, weight }) => ({ vector: toBase64(vector), weight }));
  return { version: VERSION, id, title, generator, parts };
}

/** Takes JSON text, too. Every error names the place. */
export function readStyleJson(json: unknown): StyleJson {
  const { version, id, title, generator, parts } = fieldsOf('json', typeof json === 'string' ? parse(json) : json);
  if (version !== VERSION) throw invalidArgument('json.version', version, String(VERSION));
  if (!Array.isArray(parts)) throw invalidArgument('json.parts', parts, 'an array');
  const ingredients = parts.map((part: unknown, i) => readPart(part, `json.parts[${i}]`));
  const sum = ingredients.reduce((total, { weight }) => total + weight, 0);
  if (parts.length > 0 && !(sum > 0 && Number.isFinite(Math.fround(sum)))) {
    throw new BrushworkError('invalid-argument', `json.parts: got weights whose sum is ${sum}, needed one above 0`);
  }
  return { id: text('json.id', id), title: text('json.title', title), generator: text('json.generator', generator), ingredients };
}

function readPart(part: unknown, name: string): Ingredient {
  const { vector, weight } = fieldsOf(name, part);
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
    throw invalidArgument(`${name}.weight`, weight, 'a finite number of at least 0');
  }
  const bytes = fromBase64(text(`${name}.vector`, vector));
  if (!bytes || bytes.length === 0 || !areFinite(bytes)) {
    throw invalidArgument(`${name}.vector`, vector, 'finite half floats as base64');
  }
  return { vector: bytes, weight };
}

function fieldsOf(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidArgument(name, value, "what a style's toJSON gives");
  return value as Record<string, unknown>;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument(name, value, 'a string');
  return value;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new BrushworkError('invalid-argument', `json: got ${describe(json)}, needed what a style's toJSON gives`, { cause: error });
  }
}

/** IEEE half floats, little-endian: all bits of the exponent set mean infinity or no number. */
function areFinite(bytes: Uint8Array): boolean {
  return bytes.length % 2 === 0 && bytes.every((byte, i) => i % 2 === 0 || (byte & 0x7c) !== 0x7c);
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
