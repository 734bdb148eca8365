import { BrushworkError, type ErrorCode, type Stage } from 'brushwork';

const HEADLINES: Partial<Record<ErrorCode, string>> = {
  'unsupported-image': 'That is not a picture brushwork can read',
  'image-too-large': 'That picture is too large',
  'out-of-memory': 'There is not enough memory',
  'unsupported-model': 'That model uses something brushwork does not run',
  'invalid-model': 'That file is not a whole ONNX model',
  network: 'A file could not be loaded',
  'unsupported-environment': 'This browser is missing something',
};

const ADVICE: Partial<Record<ErrorCode, string>> = {
  'out-of-memory': 'A smaller size may fit.',
  network: 'Check the connection and try again.',
};

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What went wrong, for people: a headline, and what was got and needed. */
export function explain(error: unknown, fileName?: string): { title: string; text: string } {
  const code = error instanceof BrushworkError ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const sentence = capitalized(message.endsWith('.') ? message : `${message}.`);
  return {
    title: (code && HEADLINES[code]) ?? 'That did not work',
    text: [fileName ? `“${fileName}”: ${sentence}` : sentence, code && ADVICE[code]].filter(Boolean).join(' '),
  };
}

const DOING: Record<Stage, string> = {
  download: 'Fetching the style',
  compile: 'Starting the engine',
  decode: 'Reading the photo',
  measure: 'Looking at the photo',
  paint: 'Painting',
  encode: 'Saving',
};

export function progressText(stage: Stage, fraction: number): string {
  return `${DOING[stage]}… ${Math.round(fraction * 100)} %`;
}

export function megapixels(width: number, height: number): string {
  const millions = (width * height) / 1e6;
  return `${millions.toFixed(millions < 1 ? 2 : 1)} megapixels`;
}
