import { words } from '../app/language.js';

const english = {
  heading: 'Save the painting',
  format: 'Format',
  quality: 'Quality',
  size: 'Size',
  shown: (size: string) => `As shown, ${size}`,
  full: (size: string) => `As the photo, ${size}, with finer strokes`,
  about: 'Nothing of the photo’s metadata (place, time, camera) is in the file.',
  save: 'Save',
  copy: 'Copy',
  share: 'Share…',
  saved: (name: string) => `Saved as ${name}.`,
  copied: 'Copied to the clipboard.',
  working: 'Working…',
  noClipboard: 'This browser did not allow to copy the picture. Saving it works.',
};

export const exportTexts = words<typeof english>({
  en: english,
  zh: {
    heading: '保存画作',
    format: '格式',
    quality: '质量',
    size: '尺寸',
    shown: (size) => `与显示相同，${size}`,
    full: (size) => `与照片相同，${size}，笔触更细`,
    about: '文件中没有照片的任何元数据（地点、时间、相机）。',
    save: '保存',
    copy: '复制',
    share: '分享……',
    saved: (name) => `已保存为 ${name}。`,
    copied: '已复制到剪贴板。',
    working: '正在处理……',
    noClipboard: '浏览器不允许复制图片，但可以保存。',
  },
});
