import { words } from '../app/language.js';

const english = {
  choose: 'Choose a photo',
  welcome: 'Make a painting of any photo',
  how: 'Drop one anywhere here, paste it, or choose a file. This one is a sample.',
  tools: 'Tools',
  settings: 'Settings',
  pin: 'Compare',
  pinHelp: 'Keep this painting on the left, to compare the next style with',
  unpin: 'Stop comparing',
  save: 'Save…',
  starting: 'Starting the engine…',
  painting: 'Painting…',
  stopped: 'Stopped.',
  paint: 'Paint it',
  done: (size: string, megapixels: string, seconds: string) => `${size}, ${megapixels}, in ${seconds} s`,
  shortfalls: {
    'too-large': 'The photo is too large to be read whole; it was painted smaller.',
    'out-of-memory': 'This size does not fit into the memory that the browser gives; it was painted smaller.',
  },
  drop: 'Drop a photo or a video to paint it, or an .onnx model to paint with',
  back: 'Back',
  chooseAnother: 'Choose another photo',
  again: 'Try again',
};

export const photoTexts = words<typeof english>({
  en: english,
  zh: {
    choose: '选择照片',
    welcome: '把任何照片画成画',
    how: '把照片拖到这里、粘贴，或选择文件。现在显示的是样张。',
    tools: '工具',
    settings: '设置',
    pin: '对比',
    pinHelp: '把这幅画留在左边，与下一种风格对比',
    unpin: '停止对比',
    save: '保存……',
    starting: '正在启动引擎……',
    painting: '正在作画……',
    stopped: '已停止。',
    paint: '开始画',
    done: (size, megapixels, seconds) => `${size}，${megapixels}，用时 ${seconds} 秒`,
    shortfalls: {
      'too-large': '照片太大，无法整张读取；已按较小尺寸作画。',
      'out-of-memory': '浏览器给的内存放不下这个尺寸；已按较小尺寸作画。',
    },
    drop: '拖入照片或视频来作画，或拖入 .onnx 模型作为风格',
    back: '返回',
    chooseAnother: '另选照片',
    again: '重试',
  },
});
