/** The JSON schema of what --json prints, from the types of src/cli/events.ts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

/** Writes events.schema.json into `folder`. */
export function writeEventsSchema(root, folder) {
  const schema = createGenerator({
    path: join(root, 'src/cli/events.ts'),
    tsconfig: join(root, 'tsconfig.build.json'),
    type: 'ProgramEvent',
    topRef: true,
    additionalProperties: true,
    skipTypeCheck: true,
  }).createSchema('ProgramEvent');
  const title = 'A line of `gan-mnist COMMAND --json`';
  writeFileSync(
    join(folder, 'events.schema.json'),
    `${JSON.stringify({ title, ...schema }, null, 2)}\n`,
  );
}
