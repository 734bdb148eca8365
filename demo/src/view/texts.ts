import { words } from '../app/language.js';

const english = {
  stage: 'Picture: plus and minus zoom, zero shows all of it, arrows move it',
  stageDrawing: 'Picture: arrows move the brush, with Shift further; space puts it down and lifts it; Escape takes the stroke back',
  brushDown: (x: string, y: string) => `Drawing, from ${x} % across and ${y} % down`,
  brushUp: 'Not drawing',
  photo: 'Photo',
  progress: 'Progress of the painting',
  split: 'How much of the photo to show beside the painting',
  zoom: 'Zoom',
  zoomIn: 'Nearer',
  zoomOut: 'Further away',
  whole: 'Show all of it',
  actual: 'One pixel on one pixel',
};

export const viewTexts = words<typeof english>({
  en: english,
  zh: {
    stage: '图片：加号和减号缩放，零显示全部，方向键移动',
    stageDrawing: '图片：方向键移动画笔，按住 Shift 移动更远；空格键落笔和提笔；Esc 撤回这一笔',
    brushDown: (x, y) => `正在画，起点：横向 ${x} %，纵向 ${y} %`,
    brushUp: '没有在画',
    photo: '照片',
    progress: '作画进度',
    split: '画旁边显示多少照片',
    zoom: '缩放',
    zoomIn: '放大',
    zoomOut: '缩小',
    whole: '显示全部',
    actual: '一像素对一像素',
  },
});
