/** Failures to start that another way of starting may avoid. */
import { BrushworkError, messageOf } from '../errors.js';

/** A worker could not be started, or its script did not load: blocked by the page's content security policy, say. */
export class WorkerFailure extends BrushworkError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsupported-environment', `the engine's worker could not be started: ${message}`, options);
  }

  static of(error: unknown): WorkerFailure {
    return new WorkerFailure(messageOf(error), { cause: error });
  }
}
