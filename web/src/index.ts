export { Brushwork } from './brushwork.js';
export { BrushworkError } from './errors.js';
export type { ErrorCode } from './errors.js';
export type {
  BackendInfo, Call, CreateOptions, ImageInput, ModelOptions, PaintedRows, Painting, PixelsInput, Progress, Stage, Style, StyleInfo, StylizeOptions,
  VideoOptions,
} from './types.js';
