/**
 * api/brushwork.d.ts is the contract with those who use the package: its names and meanings stay, and what the package exports has to
 * be just that, but for the additions listed below. Compiled twice, with 'brushwork' being the source, and what was built of it.
 */
import type * as built from 'brushwork';
import type * as contract from '../../api/brushwork.js';

/** Compiles only for `true`. */
type Check<T extends true> = T;
/** Each can be used for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** What is given may say more than was promised. */
type Keeps<A, B> = [A] extends [B] ? true : false;
/** Options that are not in the contract. */
type Adds<A, B, Names extends string = never> = Same<Exclude<keyof A, keyof B>, Names>;

/** Classes by their public members, for private ones make every class another. */
type Public<T> = { [K in keyof T]: T[K] };
type Built = Public<built.Brushwork>;
type Contract = Public<contract.Brushwork>;
type Takes<T, K extends keyof T> = T[K] extends (...args: infer P) => unknown ? Required<P> : never;
type Gives<T, K extends keyof T> = T[K] extends (...args: infer _) => infer R ? R : T[K];

type Methods = Exclude<keyof Contract, 'backend' | symbol>;
/** `true` if every method takes the same and keeps what it gives. */
type SameMethods = { [K in Methods]: [Same<Takes<Built, K>, Takes<Contract, K>>, Keeps<Gives<Built, K>, Gives<Contract, K>>] }[Methods];

export type Checks = [
  Check<Same<keyof typeof built, keyof typeof contract>>,
  Check<Same<keyof Built, keyof Contract>>,
  Check<Same<SameMethods, [true, true]>>,
  Check<Same<Built['backend'], Contract['backend']>>,
  Check<Same<keyof typeof built.Brushwork, keyof typeof contract.Brushwork>>,
  Check<Same<Takes<typeof built.Brushwork, 'create'>, Takes<typeof contract.Brushwork, 'create'>>>,
  Check<Same<Gives<typeof built.Brushwork, 'create'>, Promise<built.Brushwork>>>,
  Check<Keeps<built.Brushwork, Disposable>>,
  Check<Same<built.BrushworkError, contract.BrushworkError>>,
  Check<Same<built.ErrorCode, contract.ErrorCode>>,
  Check<Same<built.ImageInput, contract.ImageInput>>,
  Check<Same<built.Stage, contract.Stage>>,
  Check<Same<built.Progress, contract.Progress>>,
  Check<Same<built.BackendInfo, contract.BackendInfo>>,
  Check<Same<built.StyleInfo, contract.StyleInfo>>,
  Check<Same<built.Style, contract.Style>>,
  Check<Keeps<built.Painting, contract.Painting>>,
  Check<Same<keyof built.Painting, keyof contract.Painting>>,
  Check<Same<built.CreateOptions, contract.CreateOptions>>,
  Check<Same<built.StylizeOptions, contract.StylizeOptions>>,
  Check<Same<built.VideoOptions, contract.VideoOptions>>,
  Check<Adds<built.CreateOptions, contract.CreateOptions, Additions>>,
  Check<Adds<built.StylizeOptions, contract.StylizeOptions, 'onRows'>>,
  Check<Adds<built.VideoOptions, contract.VideoOptions>>,
  Check<Adds<built.BackendInfo, contract.BackendInfo>>,
];

/** The source has two more for benchmarks, which are stripped from what is built. */
type Additions = 'variant' | 'onnxRuntime' | Extract<keyof built.CreateOptions, 'bandRows' | 'profile'>;
