/** What went wrong, in words for people: a headline, what was got and needed, and what may help. */
import { BrushworkError, type ErrorCode } from 'brushwork';
import { words } from './language.js';

interface Words {
  headlines: Partial<Record<ErrorCode, string>>;
  advice: Partial<Record<ErrorCode, string>>;
  other: string;
  file: (name: string) => string;
}

const explanations = words<Words>({
  en: {
    headlines: {
      'unsupported-image': 'That is not a picture brushwork can read',
      'image-too-large': 'That picture is too large',
      'out-of-memory': 'There is not enough memory',
      'unsupported-model': 'That model uses something brushwork does not run',
      'invalid-model': 'That file is not a whole ONNX model',
      'incompatible-styles': 'These styles cannot be mixed',
      network: 'A file could not be loaded',
      'unsupported-environment': 'This browser is missing something',
      disposed: 'The engine has ended',
    },
    advice: {
      'unsupported-image': 'Choose a JPEG, PNG, WebP, BMP or GIF.',
      'image-too-large': 'A smaller copy of it will do.',
      'out-of-memory': 'A smaller size may fit.',
      'incompatible-styles': 'Only styles of one generator can be: the built-in ones, and those from pictures.',
      network: 'Check the connection and try again.',
      'unsupported-environment': 'A current Chrome, Edge, Firefox or Safari has it.',
      disposed: 'Load the page again.',
    },
    other: 'That did not work',
    file: (name) => `“${name}”: `,
  },
  zh: {
    headlines: {
      'unsupported-image': 'brushwork 读不了这张图片',
      'image-too-large': '这张图片太大',
      'out-of-memory': '内存不足',
      'unsupported-model': '这个模型用到了 brushwork 不支持的部分',
      'invalid-model': '这个文件不是完整的 ONNX 模型',
      'incompatible-styles': '这些风格不能混合',
      network: '有文件无法加载',
      'unsupported-environment': '这个浏览器缺少必要的功能',
      disposed: '引擎已经结束',
    },
    advice: {
      'unsupported-image': '请选择 JPEG、PNG、WebP、BMP 或 GIF。',
      'image-too-large': '请换一张小一些的。',
      'out-of-memory': '试试小一些的尺寸。',
      'incompatible-styles': '只有同一个生成器的风格才能混合：内置的，以及取自图片的。',
      network: '请检查网络后再试。',
      'unsupported-environment': '新版的 Chrome、Edge、Firefox 或 Safari 都可以。',
      disposed: '请重新载入页面。',
    },
    other: '没有成功',
    file: (name) => `“${name}”：`,
  },
});

export interface Explanation {
  title: string;
  text: string;
}

export interface DetailedExplanation extends Explanation {
  /** The parts of the text: which file, what the package says (in English), and what may help. */
  file: string;
  detail: string;
  advice: string;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether an error only says that the user, or a later choice, stopped it. */
export const isAbort = (error: unknown): boolean =>
  (error instanceof BrushworkError && error.code === 'aborted') || (error instanceof Error && error.name === 'AbortError');

export function explain(error: unknown, fileName?: string): DetailedExplanation {
  const { headlines, advice, other, file } = explanations();
  const code = error instanceof BrushworkError ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const parts = {
    file: fileName ? file(fileName) : '',
    detail: capitalized(/[.。]$/.test(message) ? message : `${message}.`),
    advice: (code && advice[code]) ?? '',
  };
  const text = `${parts.file}${parts.detail} ${parts.advice}`.trimEnd();
  return { title: (code && headlines[code]) ?? other, text, ...parts };
}
