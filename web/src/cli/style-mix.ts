import { BrushworkError } from '../index.js';

export interface StylePart {
  id: string;
  weight: number;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parsePart(text: string): StylePart {
  const [id = '', ...rest] = text.split(':');
  if (id === '') throw new BrushworkError('invalid-argument', `style: got '${text}', needed an id, or an id and a weight: a:2`);
  if (rest.length === 0) return { id, weight: 1 };
  const written = rest.join(':');
  const weight = Number(written);
  if (NUMBER.test(written) && Number.isFinite(weight) && weight >= 0) return { id, weight };
  throw new BrushworkError('invalid-argument', `style: got the weight '${written}' of '${id}', needed a number of at least 0`);
}

/** "a", "a,b" or "a:2,b:1"; weights are 1 where they are left out. 'invalid-argument' names the part that is not like that. */
export function parseStyleMix(text: string): StylePart[] {
  const parts = text.split(',').map(parsePart);
  if (parts.some(({ weight }) => weight > 0)) return parts;
  throw new BrushworkError('invalid-argument', `style: got '${text}', needed a weight above 0`);
}
