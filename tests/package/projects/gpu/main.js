import { Brushwork } from 'brushwork';
import { picture } from './picture.js';

const engine = await Brushwork.create({ backend: 'webgpu' });
const painting = await engine.stylize(picture(40, 32), { style: engine.styles()[0].id });
window.outcome = { backend: engine.backend, values: [...painting.data] };
