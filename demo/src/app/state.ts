/**
 * What is on the easel: a photo, and how it is to be painted. Everything here is immutable; a change makes a new sheet, the old one can
 * be taken back (history.ts).
 */
import type { ImageInput, Style } from 'brushwork';
import { computed, signal } from '@preact/signals';

export interface Photo {
  /** Counts up: two photos with the same number are the same. */
  id: number;
  /** Without its ending. */
  name: string;
  /** What the engine reads: the file itself, or pixels where only the browser can read it. */
  input: ImageInput;
  /** Pixels, as people see it (orientation applied). */
  width: number;
  height: number;
  /** For the screen, of `width` × `height` or smaller. */
  picture: ImageBitmap | OffscreenCanvas;
}

/** One style by its id, or a blend of two to four of them: `x` and `y`, 0 to 1, say where on the pad between them. */
export type Look = { kind: 'style'; id: string } | { kind: 'mix'; ids: string[]; x: number; y: number };

/** Where to paint: white paints. At most 1024 pixels on the longer side, as the whole photo. Immutable. */
export interface Region {
  mask: ImageData;
}

export interface Settings {
  look: Look | undefined;
  strength: number; // 0 to 1
  preserveColor: number; // 0 to 1
  brush: number; // scale of the picture that is painted: 0.5 makes strokes twice as large
  maxPixels: number; // Infinity: as the photo
  region: Region | undefined;
}

export interface Sheet {
  photo: Photo | undefined;
  settings: Settings;
}

export type Mode = 'photo' | 'camera' | 'video';

export const DEFAULT_PIXELS = 1_000_000;

export const sheet = signal<Sheet>({
  photo: undefined,
  settings: { look: undefined, strength: 1, preserveColor: 0, brush: 1, maxPixels: DEFAULT_PIXELS, region: undefined },
});
export const photo = computed(() => sheet.value.photo);
export const settings = computed(() => sheet.value.settings);

/** What could not be opened or done; the easel keeps what it has. `fileName` where a file was the reason. */
export const problem = signal<{ error: unknown; fileName: string | undefined } | undefined>(undefined);

export function report(error: unknown, fileName?: string): void {
  problem.value = { error, fileName };
}

export const mode = signal<Mode>('photo');
/** A video file that was dropped or chosen, for the video view to take. */
export const videoFile = signal<File | undefined>(undefined);

/** A style to choose: a built-in one, or one of the user's, on this page only. */
export interface Choice {
  id: string;
  title: string;
  /** Whose, and under which licence. */
  credit: string;
  /** What the package takes. */
  style: Style | string;
  own: boolean;
}
