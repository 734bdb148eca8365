import { Brushwork } from './node_modules/brushwork/dist/index.js';
import { show } from './show.js';

await show(await Brushwork.create({ threads: 2 }));
