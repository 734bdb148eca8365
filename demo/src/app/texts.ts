/** What several parts of the page say. */
import type { Stage } from 'brushwork';
import { language, number, words } from './language.js';

const doingEnglish: Record<Stage, string> = {
  download: 'Fetching the style', compile: 'Starting the engine', decode: 'Reading the photo', measure: 'Looking at the photo',
  paint: 'Painting', encode: 'Saving',
};
const doingChinese: Record<Stage, string> = {
  download: '正在获取风格', compile: '正在启动引擎', decode: '正在读取照片', measure: '正在分析照片', paint: '正在作画', encode: '正在保存',
};

const english = {
  title: 'brushwork: paint a photo',
  promise: 'Painted on your device. The photo goes nowhere.',
  modes: 'What to paint',
  photo: 'Photo',
  camera: 'Camera',
  video: 'Video',
  after: (artist: string, licence: string) => `After ${artist}. ${licence}`,
  doing: doingEnglish,
  cancel: 'Cancel',
  close: 'Close',
  history: 'Undo and redo',
  undo: 'Undo',
  redo: 'Redo',
  pixels: (count: string) => (count === '1' ? '1 pixel' : `${count} pixels`),
  megapixels: (millions: string) => `${millions} megapixels`,
  languageName: '中文',
  languageLabel: 'Switch to Chinese',
  loadingPart: 'Loading…',
};

export type Texts = typeof english;

const chinese: Texts = {
  title: 'brushwork：把照片画成画',
  promise: '在您的设备上作画，照片不会离开设备。',
  modes: '画什么',
  photo: '照片',
  camera: '相机',
  video: '视频',
  after: (artist, licence) => `仿 ${artist}。${licence}`,
  doing: doingChinese,
  cancel: '取消',
  close: '关闭',
  history: '撤销与重做',
  undo: '撤销',
  redo: '重做',
  pixels: (count) => `${count} 像素`,
  megapixels: (millions) => `${millions} 百万像素`,
  languageName: 'EN',
  languageLabel: '切换到英文',
  loadingPart: '正在加载……',
};

export const texts = words({ en: english, zh: chinese });

const CHINESE_TITLES: Record<string, string> = {
  'starry-night': '星夜', 'great-wave': '神奈川冲浪', 'the-scream': '呐喊', 'water-lilies': '睡莲', composition: '构成', isfahan: '伊斯法罕',
  'ink-wash': '水墨', 'reed-pen': '芦苇笔', 'stained-glass': '彩绘玻璃', 'straw-hat': '草帽', pointillism: '点彩', watercolour: '水彩',
};

/** A built-in style's title in the present language. */
export function styleTitle(id: string, title: string): string {
  return language.value === 'zh' ? (CHINESE_TITLES[id] ?? title) : title;
}

export function progressText(stage: Stage, fraction: number): string {
  return `${texts().doing[stage]}… ${number(Math.round(fraction * 100))} %`;
}

/** `0.52 megapixels` of a picture of `width` × `height`; few pixels are counted one by one. */
export function megapixels(width: number, height: number): string {
  const millions = (width * height) / 1e6;
  if (millions < 0.01) return texts().pixels(number(width * height));
  return texts().megapixels(number(millions, millions < 1 ? 2 : 1));
}

/** A built-in style's licence in the present language. */
export function licenceText(licence: string): string {
  return language.value === 'zh' ? licence.replace(' (weights); the picture is in the public domain', '（权重），原画属公有领域') : licence;
}
