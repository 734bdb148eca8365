import { words } from '../app/language.js';

const english = {
  stage: 'Picture: plus and minus zoom, zero shows all of it, arrows move it',
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
