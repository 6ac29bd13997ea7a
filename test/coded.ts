import { expect } from 'vitest';

const like = (message: RegExp | string): unknown =>
  typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message);

/** Matches an error with that code, and with a message that contains or matches that. */
export const coded = (code: string, message: RegExp | string = ''): Error =>
  expect.objectContaining({ code, message: like(message) });

/** Matches what a wrong argument is refused with. */
export const invalid = (message: RegExp | string = ''): Error =>
  expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG', message: like(message) });
