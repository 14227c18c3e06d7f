import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ProgramEvent } from '../../src/cli/events.js';

/** The schema as it is published; the build makes it. */
export const EVENTS_SCHEMA = JSON.parse(
  readFileSync(new URL('../../dist/events.schema.json', import.meta.url), 'utf8'),
) as object;

const isEvent = new Ajv({ strict: true, allErrors: true }).compile<ProgramEvent>(EVENTS_SCHEMA);

/** The value as an event. @throws where the published schema does not allow it. */
export function checkedEvent(value: unknown): ProgramEvent {
  if (!isEvent(value))
    throw new Error(
      `no event by the schema: ${JSON.stringify(value)} (${JSON.stringify(isEvent.errors)})`,
    );
  return value;
}

/** What a command with --json has printed, each line checked. */
export const eventsOf = (stdout: string): ProgramEvent[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => checkedEvent(JSON.parse(line)));
